/** The name of a new plugin: it becomes a folder, a word in configurations, and a part of identifiers. */

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const LONGEST = 40;

/** What is wrong with a name, in a line for people; `undefined` if it can be used. */
export function nameProblem(name: string, taken: readonly string[]): string | undefined {
  if (!NAME.test(name) || name.length > LONGEST) {
    return `expected a name such as slack or ms-teams (small letters, digits and single dashes, at most ${LONGEST} characters), got ${JSON.stringify(name)}`;
  }
  if (taken.includes(name)) return `src/plugins/${name} is there already: choose another name`;
  return undefined;
}

/** `ms-teams` → `MsTeams`, as identifiers begin. */
export function toPascalCase(name: string): string {
  return name.replace(/(?:^|-)([a-z0-9])/g, (_, first: string) => first.toUpperCase());
}
