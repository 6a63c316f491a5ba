/** `notifierd --version`, in the form that Prometheus and Alertmanager use. */
import { readFile } from 'node:fs/promises';

/** notifierd's version, from its package.json: one level above src/ and dist/ alike. */
export async function readVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  // Our own file.
  return (JSON.parse(text) as { version: string }).version;
}

/** `notifierd, version 0.1.0 (node v26.10.0, linux/x64)`. */
export async function versionLine(): Promise<string> {
  return `notifierd, version ${await readVersion()} (node ${process.version}, ${process.platform}/${process.arch})`;
}
