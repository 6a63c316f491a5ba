/**
 * What a page of metrics says: as much of the text format as the benchmark asks. Pure.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */

/** The sum over all series of this name whose labels hold this text, such as `sink="log"`; NaN if there is none. */
export function sumOf(page: string, name: string, labels = ''): number {
  const values = page
    .split('\n')
    .filter((line) => isOf(line, name) && line.includes(labels))
    .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0);
}

function isOf(line: string, name: string): boolean {
  return line.startsWith(name) && (line[name.length] === '{' || line[name.length] === ' ');
}
