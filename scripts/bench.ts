/**
 * `npm run bench`: how fast notifierd is, against yardsticks in the same run on the same machine (docs/benchmarks.md). Prints the result as
 * Markdown on standard output, and what it is doing on standard error. Exit code 0 whatever the figures are, 1 if a subject answered
 * wrongly or broke, 2 for arguments that it does not understand.
 */
import { writeFileSync } from 'node:fs';
import { type BenchArguments, parseBenchArguments, USAGE } from './bench/arguments.ts';
import { createFigures } from './bench/figures.ts';
import { describeMachine } from './bench/machine.ts';
import { MEASURES } from './bench/measures.ts';
import { median } from './bench/statistics.ts';
import { runningElsewhere } from './bench/subject.ts';
import { renderReport } from './bench/table.ts';
import { openWorkshop } from './bench/workshop.ts';

process.exitCode = await main(process.argv.slice(2));
// Connections of fetch() that idle would keep an ended run alive.
process.exit();

async function main(args: readonly string[]): Promise<number> {
  const wanted = readArguments(args);
  if (wanted === undefined) return 2;
  if (wanted.help) {
    console.log(USAGE);
    return 0;
  }
  if (process.platform !== 'linux') {
    console.error('bench: needs Linux: it reads memory and CPU time from /proc');
    return 2;
  }
  try {
    return await run(wanted);
  } catch (error) {
    console.error(`bench: ${messageOf(error)}`);
    return 1;
  }
}

function readArguments(args: readonly string[]): BenchArguments | undefined {
  try {
    return parseBenchArguments(args);
  } catch (error) {
    console.error(`bench: ${messageOf(error)}\n\n${USAGE}`);
    return undefined;
  }
}

async function run({ measures, effort, others, json }: BenchArguments): Promise<number> {
  const figures = createFigures();
  const remarks = new Set<string>();
  const wrong: string[] = [];
  const say = (line: string): void => void process.stderr.write(`bench: ${line}\n`);
  say('building');
  const workshop = openWorkshop();
  const bench = {
    workshop,
    effort,
    figures,
    others: others.map(({ name, url }) => runningElsewhere(name, url)),
    say,
    remark: (line: string) => void remarks.add(line),
    wrong: (line: string) => void wrong.push(line),
  };
  try {
    for (const name of measures) {
      say(name);
      // The others are worth their time, whatever became of this one.
      await MEASURES[name](bench).catch((error: unknown) => wrong.push(`${name}: ${messageOf(error)}`));
    }
  } finally {
    workshop.remove();
  }
  const report = { machine: describeMachine(), remarks: [...remarks], wrong };
  process.stdout.write(renderReport(figures.all(), report));
  if (json !== undefined) {
    const all = figures.all().map((figure) => ({ ...figure, median: median(figure.values) }));
    writeFileSync(json, `${JSON.stringify({ ...report, effort, figures: all }, undefined, 2)}\n`);
  }
  return wrong.length === 0 ? 0 : 1;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
