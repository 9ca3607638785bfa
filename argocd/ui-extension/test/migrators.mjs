// The Migrators that the tests show: what the operator has written in its own tests, and a few by hand.
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

const here = new URL('.', import.meta.url);
const recorded = new URL('../../resource_customizations/migrations.coderanger.net/Migrator/testdata/', here);

function documents(file) {
  return parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS());
}

/** By name: the name of the file that the operator's tests have written. */
export const byOperator = Object.fromEntries(
  (existsSync(recorded) ? readdirSync(recorded) : [])
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => [name.replace(/\.yaml$/, ''), documents(new URL(name, recorded))[0]]),
);

/** By the Migrator's name. */
export const byHand = Object.fromEntries(
  documents(new URL('migrators.yaml', here)).map((migrator) => [migrator.metadata.name, migrator]),
);

/** A time at which somebody may have looked at it: a little after the last that it names, but for when a step is tried again. */
export function lookedAt(migrator) {
  const times = [];
  JSON.stringify(migrator, (key, value) => {
    if (key !== 'nextAttemptTime' && typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) times.push(Date.parse(value));
    return value;
  });
  return (times.length > 0 ? Math.max(...times) : Date.parse('2026-11-21T13:55:00Z')) + 7000;
}
