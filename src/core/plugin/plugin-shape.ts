/**
 * Whether something that was imported is a sink plugin, as far as can be seen without calling it. A third party's plugin may be
 * JavaScript or written for another version, so the compiler's word does not count here. Pure.
 */
import { CONFIG_FORMATS, SECRET_KINDS } from './contract.ts';

const KEY_NAME = /^[a-z][a-z0-9_]*$/;
/** Read by the core, whatever the plugin. */
const KEYS_OF_EVERY_SINK = ['plugin', 'enabled', 'fallback', 'expire_after'];
/** Of a meaning to convict or to JavaScript. */
const RESERVED_KEYS = ['default', 'constructor', 'prototype'];

/** What is missing or wrong, in words that complete "… is not a sink plugin:"; empty if all is well. */
export function shapeProblems(plugin: unknown, folder: string | undefined): string[] {
  if (!isObject(plugin)) return ['it has no default export with name, schema and create'];
  const { name, schema, create, validate, warn } = plugin;
  const problems: string[] = [];
  if (typeof name !== 'string' || name === '') problems.push('name is not a text');
  else if (folder !== undefined && name !== folder)
    problems.push(`its name is ${name}, its folder ${folder}`);
  if (typeof create !== 'function') problems.push('create is not a function');
  if (validate !== undefined && typeof validate !== 'function') problems.push('validate is not a function');
  if (warn !== undefined && typeof warn !== 'function') problems.push('warn is not a function');
  if (!isObject(schema)) return [...problems, 'schema is not an object'];
  return [
    ...problems,
    ...Object.entries(schema).flatMap(([key, setting]) => keyProblems(key, setting, schema)),
  ];
}

function keyProblems(key: string, setting: unknown, schema: Record<string, unknown>): string[] {
  if (KEYS_OF_EVERY_SINK.includes(key))
    return [`schema may not have a key ${JSON.stringify(key)}, which every sink has from the core`];
  if (!KEY_NAME.test(key) || RESERVED_KEYS.includes(key))
    return [`schema may not have a key ${JSON.stringify(key)}`];
  if (!isObject(setting)) return [`schema.${key} is not an object`];
  const problems: string[] = [];
  if (typeof setting.doc !== 'string') problems.push(`schema.${key} has no doc`);
  if (setting.default === undefined) problems.push(`schema.${key} has no default (null: none)`);
  if (!isFormat(setting.format)) problems.push(`schema.${key} has an unknown format`);
  if (!isSecretKind(setting.sensitive)) {
    problems.push(`schema.${key}.sensitive is neither of ${SECRET_KINDS.join(', ')}`);
  }
  if (setting.sensitive !== undefined && Object.hasOwn(schema, `${key}_file`)) {
    problems.push(`schema.${key}_file is what the secret ${key} can be read from already`);
  }
  return problems;
}

/** Anything else would be taken for a key that may be printed. */
function isSecretKind(sensitive: unknown): boolean {
  return sensitive === undefined || SECRET_KINDS.some((kind) => kind === sensitive);
}

function isFormat(format: unknown): boolean {
  if (Array.isArray(format)) return format.length > 0 && format.every((word) => typeof word === 'string');
  return typeof format === 'string' && CONFIG_FORMATS.some((name) => name === format);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
