import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import '../extension-migrator-model.js';
import { byHand, byOperator, lookedAt } from './migrators.mjs';

const { view, summary, migratorsOf, reference, resourcePath, shortRevision, duration } = globalThis.migratorExtension;

const NOW = Date.parse('2026-11-21T13:56:00Z');
const migrator = (status, spec = {}) => ({ metadata: { name: 'shop', namespace: 'web', generation: 1 }, spec, status: { observedGeneration: 1, ...status } });
const because = (reason, message) => [{ type: 'Ready', status: 'False', reason, message }];
const step = (fields) => ({ name: 'plan', kind: 'Before', state: 'Succeeded', attempts: 1, ...fields });
const running = (run) => view(migrator({ phase: 'Running', run: { revision: 'shop:v2', ...run } }), NOW).run;

describe('where a Migrator stands', () => {
  for (const [phase, title, tone, reason] of [
    ['NothingToMigrate', 'Nothing to migrate', 'idle'],
    ['Pending', 'Waiting to start', 'busy'],
    ['Pending', 'The Job cannot be created', 'bad', 'CreateError'],
    ['Running', 'Migrating', 'busy', 'MigrationsRunning'],
    ['Running', 'Failed, to be tried again', 'busy', 'MigrationsRetrying'],
    ['Running', 'The migration’s pod does not start', 'bad', 'MigrationPodNotStarting'],
    ['Running', 'Being cancelled', 'busy', 'MigrationsCancelled'],
    ['Migrated', 'Migrated', 'good'],
    ['Failed', 'Failed', 'bad', 'MigrationsFailed'],
    ['Failed', 'Cancelled', 'bad', 'MigrationsCancelled'],
    ['Failed', 'Rejected', 'bad', 'MigrationsRejected'],
    ['Invalid', 'Not usable as it is', 'bad'],
    ['AwaitingApproval', 'Waiting for approval', 'person'],
    ['Blocked', 'Rollback blocked', 'bad'],
    ['Suspended', 'Suspended', 'person'],
    ['SomethingNewer', 'SomethingNewer', 'idle'],
    ['constructor', 'constructor', 'idle'],
  ]) {
    it(`${phase}${reason ? `, ${reason}` : ''}`, () => {
      const shown = view(migrator({ phase, conditions: because(reason, 'why') }), NOW);
      assert.deepEqual([shown.title, shown.tone, shown.message], [title, tone, 'why']);
    });
  }

  it('is not said to be migrating while it goes back, or puts in order what has failed', () => {
    const title = (run) => view(migrator({ phase: 'Running', run, conditions: because('MigrationsRunning', '') }), NOW).title;
    assert.equal(title({ rolledBackFrom: 'shop:v3' }), 'Taking the database back');
    assert.equal(title({ steps: [step({ kind: 'OnFailure', state: 'Running' })] }), 'Failed, the step on failure runs');
    assert.equal(title({ steps: [step({ kind: 'OnFailure', state: 'Pending' })] }), 'Migrating');
  });

  it('is not known before the operator has written it', () => {
    const shown = view({ metadata: { name: 'shop' } }, NOW);
    assert.equal(shown.title, 'Not seen by the operator yet');
    assert.match(shown.message, /operator runs/);
    assert.equal(shown.moves, true);
  });

  it('is said to be of the spec before the newest change', () => {
    const outdated = { ...migrator({ phase: 'Migrated' }), metadata: { name: 'shop', generation: 2 } };
    assert.match(view(outdated, NOW).note, /newest change/);
    assert.equal(view(outdated, NOW).moves, true);
    assert.equal(view(migrator({ phase: 'Migrated' }), NOW).note, undefined);
  });

  it('stays as it is while the operator is told to leave it alone', () => {
    const alone = migrator({ phase: 'Running' });
    alone.metadata.annotations = { 'controller-utils/skip-reconcile': 'true' };
    assert.match(view(alone, NOW).note, /leaves this Migrator alone/);
  });

  it('is nothing any more once it is being deleted', () => {
    const deleted = migrator({ phase: 'Failed' });
    deleted.metadata.deletionTimestamp = '2026-11-21T13:55:00Z';
    assert.equal(view(deleted, NOW).title, 'Being deleted');
  });

  it('warns of pods that run unmigrated, and only then', () => {
    const ungated = (status) => view(migrator({ conditions: [{ type: 'UngatedPods', status, message: 'shop-1 runs' }] }), NOW).warning;
    assert.equal(ungated('True'), 'shop-1 runs');
    assert.equal(ungated('False'), undefined);
  });

  it('moves by itself while there is a run, and not once it is settled', () => {
    assert.equal(view(migrator({ phase: 'AwaitingApproval', run: {} }), NOW).moves, true);
    assert.equal(view(migrator({ phase: 'Migrated' }), NOW).moves, false);
  });
});

describe('what a person can do', () => {
  it('approve or reject, by the value that the operator asks for, quoted for the shell', () => {
    const { approval } = view(migrator({ phase: 'AwaitingApproval', pendingApproval: { value: "it's v2 job", revision: "it's v2", step: 'plan', since: '2026-11-21T13:51:00Z' } }), NOW);
    assert.equal(approval.approve, "kubectl -n web annotate --overwrite migrator shop migrations.coderanger.net/approve='it'\\''s v2 job'");
    assert.match(approval.reject, /\/reject='/);
    assert.equal(approval.waits, '5 min');
    assert.equal(approval.step, 'plan');
  });

  it('nothing, when what was asked is decided', () => {
    assert.equal(view(migrator({ phase: 'Running', pendingApproval: { value: 'v2' } }), NOW).approval, undefined);
  });

  it('gives no command without its value', () => {
    const { approval } = view(migrator({ phase: 'AwaitingApproval', pendingApproval: {} }), NOW);
    assert.deepEqual([approval.approve, approval.reject], [undefined, undefined]);
  });

  it('retry, resume, or change the spec', () => {
    assert.match(view(migrator({ phase: 'Failed' }), NOW).advice, /Retry/);
    assert.match(view(migrator({ phase: 'Suspended' }), NOW).advice, /Resume/);
    assert.match(view(migrator({ phase: 'Suspended' }, { suspend: true }), NOW).advice, /Resume.*spec.suspend/);
    assert.match(view(migrator({ phase: 'Running', run: { nextAttemptTime: '2026-11-21T13:56:20Z' } }), NOW).advice, /Retry/);
    assert.equal(view(migrator({ phase: 'Migrated' }), NOW).advice, undefined);
  });
});

describe('a run', () => {
  it('that is the migration alone has that one step', () => {
    const [only] = running({ startTime: '2026-11-21T13:55:00Z', attempt: 2, job: 'shop-1' }).steps;
    assert.deepEqual([only.name, only.state, only.attempts, only.took, only.pulse, only.bar], ['migration', 'Running', 2, '1 min', true, undefined]);
  });

  it('that takes the database back has one called down', () => {
    assert.equal(running({ rolledBackFrom: 'shop:v3' }).steps[0].name, 'down');
  });

  it('waits before it tries a step again', () => {
    const steps = (nextAttemptTime) => running({ nextAttemptTime, steps: [step({ state: 'Retrying' })] }).steps;
    assert.equal(steps('2026-11-21T13:56:20Z')[0].nextAttempt, 'tried again in 20 s');
    assert.equal(steps('2026-11-21T13:55:20Z')[0].nextAttempt, 'tried again now');
    assert.equal(running({ nextAttemptTime: '2026-11-21T13:56:20Z' }).steps[0].state, 'Failed, to be tried again');
  });

  it('is at a step before that step was seen to run', () => {
    const run = running({ step: '2/2 migration', steps: [step({}), step({ name: 'migration', kind: 'Migration', state: 'Pending' })] });
    assert.deepEqual(run.steps.map((each) => each.state), ['Succeeded', 'Starting']);
  });

  it('shows where each step lies in its time', () => {
    const run = running({
      startTime: '2026-11-21T13:52:00Z',
      steps: [
        step({ startTime: '2026-11-21T13:52:00Z', completionTime: '2026-11-21T13:53:00Z' }),
        step({ state: 'Running', startTime: '2026-11-21T13:54:00Z' }),
        step({ state: 'Pending' }),
      ],
    });
    assert.deepEqual(run.steps.map((each) => each.bar), [{ offset: 0, width: 25 }, { offset: 50, width: 50 }, undefined]);
    assert.deepEqual(run.steps.map((each) => each.took), ['1 min', '2 min', undefined]);
  });

  it('has no negative time when clocks differ', () => {
    assert.equal(running({ startTime: '2026-11-21T13:57:00Z' }).took, '0 s');
  });
});

describe('history', () => {
  const history = (...entries) => view(migrator({ phase: 'Migrated', history: entries }), NOW);

  it('starts with the last run when none is going on', () => {
    const shown = history({ id: 'b', outcome: 'Failed', job: 'j' }, { id: 'a', outcome: 'Succeeded', job: 'j' });
    assert.equal(shown.run.id, 'b');
    assert.deepEqual(shown.history.map((run) => run.id), ['a']);
  });

  it('has steps only for what has run', () => {
    const steps = (entry) => history(entry).run.steps.map((each) => each.state);
    assert.deepEqual(steps({ outcome: 'Succeeded', job: 'j' }), ['Succeeded']);
    assert.deepEqual(steps({ outcome: 'Failed', job: 'j' }), ['Failed']);
    assert.deepEqual(steps({ outcome: 'Cancelled', job: 'j' }), ['Stopped']);
    assert.deepEqual(steps({ outcome: 'Baseline' }), []);
    assert.deepEqual(steps({ outcome: 'Rejected' }), []);
    assert.deepEqual(steps({ outcome: 'Succeeded', id: 'original' }), []);
  });

  it('shows output without what only a terminal understands', () => {
    assert.equal(history({ output: '\u001b[1;31mERROR\u001b[0m\r\n\u0007no\ttable' }).run.output, 'ERROR\nno\ttable');
    assert.equal(history({ output: ' \n' }).run.output, undefined);
  });
});

describe('words', () => {
  it('for a span of time', () => {
    const seconds = [0, 59, 60, 192, 3600, 7500, 93784];
    assert.deepEqual(seconds.map((each) => duration(each * 1000)), ['0 s', '59 s', '1 min', '3 min 12 s', '1 h', '2 h 5 min', '1 d 2 h']);
  });

  it('for a revision', () => {
    assert.equal(shortRevision('registry.example.com:5000/team/shop:v2'), 'shop:v2');
    assert.equal(shortRevision(`registry.example.com/shop@sha256:${'0123456789abcdef'.repeat(4)}`), 'shop@0123456789ab');
    assert.equal(shortRevision('2026-11-21.3'), '2026-11-21.3');
  });
});

describe('an Application', () => {
  const application = {
    metadata: { name: 'my shop', namespace: 'argocd' },
    status: {
      resources: [
        { group: 'apps', kind: 'Deployment', name: 'shop' },
        { group: 'migrations.coderanger.net', kind: 'Migrator', version: 'v1beta1', namespace: 'web', name: 'shop' },
        { group: 'example.com', kind: 'Migrator', name: 'other' },
        null,
      ],
    },
  };

  it('has the Migrators among its resources', () => {
    assert.deepEqual(migratorsOf(application), [{ name: 'shop', namespace: 'web', version: 'v1beta1' }]);
    for (const other of [undefined, null, {}, { status: { resources: 'x' } }]) assert.deepEqual(migratorsOf(other), []);
  });

  it('has each of them in Argo CD’s API', () => {
    assert.equal(
      resourcePath(application, migratorsOf(application)[0]),
      'api/v1/applications/my%20shop/resource?appNamespace=argocd&namespace=web&resourceName=shop&version=v1beta1&kind=Migrator&group=migrations.coderanger.net',
    );
    assert.deepEqual(reference({ apiVersion: 'migrations.coderanger.net/v1', metadata: { name: 'a' } }), { name: 'a', namespace: undefined, version: 'v1' });
    assert.equal(reference({}), undefined);
  });

  it('is summed up by the most urgent of its Migrators', () => {
    const views = ['Migrated', 'AwaitingApproval', 'Failed', 'Running'].map((phase, index) => view({ ...migrator({ phase, waitingPods: index, desiredRevision: 'x/shop:v2' }), metadata: { name: phase } }, NOW));
    assert.deepEqual(summary(views), { title: 'Failed', tone: 'bad', name: 'Failed', place: undefined, revision: 'shop:v2', waiting: '6 pods wait', others: 3 });
    assert.equal(summary([]), undefined);
  });
});

describe('any resource', () => {
  const all = { ...byOperator, ...byHand };
  const junk = [undefined, null, 0, -1, 7.5, NaN, '', ' ', 'x', '2026-13-45T99:99:99Z', true, [], [null, 1, 'x', {}, []], {}, { name: {} }, { toString: null }];

  /** Every object and list within it, with the keys by which something can be put in another's place. */
  function* places(value) {
    if (value === null || typeof value !== 'object') return;
    for (const key of Object.keys(value)) {
      yield [value, key];
      yield* places(value[key]);
    }
  }

  /** What React can show, or leaves out. */
  function assertShowable(value) {
    if (value !== null && typeof value === 'object') Object.values(value).forEach(assertShowable);
    else assert.ok(['string', 'boolean', 'undefined'].includes(typeof value) || Number.isFinite(value), String(value));
  }

  for (const [name, known] of Object.entries(all)) {
    it(`${name}, with any of its fields missing or of another type`, () => {
      for (const [place, key] of [...places(known)]) {
        const before = place[key];
        for (const other of junk) {
          place[key] = other;
          const shown = view(known, NOW);
          assertShowable(shown);
          assertShowable(summary([shown]));
          reference(known);
        }
        place[key] = before;
      }
    });
  }

  it('that is none at all', () => junk.forEach((each) => assertShowable(view(each, NOW))));

  it('that the operator has written has a title, and a revision or a message', () => {
    for (const [name, each] of Object.entries(byOperator)) {
      const shown = view(each, lookedAt(each));
      assert.ok(shown.title && (shown.revision || shown.message), name);
    }
  });
});
