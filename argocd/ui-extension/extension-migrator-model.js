// What a Migrator says, as plain data for extension-migrator-view.js: pure functions of the resource and the time. Every field of
// the resource may be missing or of another type than the CRD allows, as Argo CD also shows what an older operator has written.
((global) => {
  'use strict';

  const GROUP = 'migrations.coderanger.net';
  const KIND = 'Migrator';

  // Tones: good, busy (goes on by itself), person (a person is awaited), bad, idle. The most urgent first.
  const URGENCY = ['bad', 'person', 'busy', 'idle', 'good'];

  const PHASES = {
    NothingToMigrate: ['Nothing to migrate', 'idle'],
    Pending: ['Waiting to start', 'busy'],
    Running: ['Migrating', 'busy'],
    Migrated: ['Migrated', 'good'],
    Failed: ['Failed', 'bad'],
    Invalid: ['Not usable as it is', 'bad'],
    AwaitingApproval: ['Waiting for approval', 'person'],
    Blocked: ['Rollback blocked', 'bad'],
    Suspended: ['Suspended', 'person'],
  };

  // Where the reason says more than the phase.
  const REASONS = {
    'Running/MigrationsRetrying': ['Failed, to be tried again', 'busy'],
    'Running/MigrationPodNotStarting': ['The migration’s pod does not start', 'bad'],
    'Running/MigrationsCancelled': ['Being cancelled', 'busy'],
    'Running/MigrationsRejected': ['Being ended', 'busy'],
    'Running/StaleJob': ['Being stopped for another revision', 'busy'],
    'Pending/CreateError': ['The Job cannot be created', 'bad'],
    'Failed/MigrationsCancelled': ['Cancelled', 'bad'],
    'Failed/MigrationsRejected': ['Rejected', 'bad'],
  };

  const STATES = {
    Pending: ['Not started', 'idle'],
    Running: ['Running', 'busy'],
    AwaitingApproval: ['Waiting for approval', 'person'],
    Retrying: ['Failed, to be tried again', 'busy'],
    Succeeded: ['Succeeded', 'good'],
    Failed: ['Failed', 'bad'],
    // not a state of the operator's: what became of a run's only step when somebody stopped it
    Stopped: ['Stopped', 'idle'],
  };

  const KINDS = {
    Before: 'before the migration',
    Migration: '',
    Down: 'takes the database back',
    After: 'after the migration',
    OnFailure: 'on failure',
  };

  const OUTCOMES = {
    Succeeded: ['Succeeded', 'good'],
    Failed: ['Failed', 'bad'],
    Replaced: ['Replaced by another revision', 'idle'],
    Cancelled: ['Cancelled', 'bad'],
    Rejected: ['Rejected', 'bad'],
    Baseline: ['Counts as migrated', 'good'],
  };

  // Outcomes of which the migration's Job, and so at least one step, has existed.
  const RAN = ['Succeeded', 'Failed', 'Replaced', 'Cancelled'];

  const own = (table, key) => (typeof key === 'string' && Object.hasOwn(table, key) ? table[key] : undefined);

  const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
  const object = (value) => (isObject(value) ? value : {});
  const objects = (value) => (Array.isArray(value) ? value.filter(isObject) : []);
  const count = (value) => (Number.isInteger(value) && value > 0 ? value : 0);

  /** A text that is worth showing, or undefined. */
  function text(value) {
    if (typeof value === 'number') return String(value);
    return typeof value === 'string' && value.trim() !== '' ? value : undefined;
  }

  /** What a program has printed, without the colours of terminals and other characters that cannot be seen. */
  function printed(value) {
    const plain = text(value)
      // eslint-disable-next-line no-control-regex
      ?.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '')
      .replace(/\r\n?/g, '\n')
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
    return text(plain);
  }

  /** Milliseconds since 1970 of an RFC 3339 time, or undefined. */
  function time(value) {
    const at = typeof value === 'string' ? Date.parse(value) : NaN;
    return Number.isNaN(at) ? undefined : at;
  }

  /** A span as people say it: two units at most. The clocks of cluster and browser differ, so it is never negative. */
  function duration(milliseconds) {
    const seconds = Math.max(0, Math.round(milliseconds / 1000));
    const units = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];
    const first = units.findIndex(([, size]) => seconds >= size);
    if (first < 0) return '0 s';
    let rest = seconds;
    return units
      .slice(first, first + 2)
      .map(([name, size]) => {
        const amount = Math.floor(rest / size);
        rest %= size;
        return amount > 0 ? `${amount} ${name}` : '';
      })
      .filter(Boolean)
      .join(' ');
  }

  const span = (from, to) => (from === undefined || to === undefined ? undefined : duration(to - from));

  /** A revision is an image mostly; its tag, or the start of its digest, is what people tell apart. */
  function shortRevision(revision) {
    const [, digest] = /@sha256:([0-9a-f]{12})[0-9a-f]*$/.exec(revision) ?? [];
    if (digest) return `${revision.split('@')[0].split('/').pop()}@${digest}`;
    return revision.split('/').pop();
  }

  const condition = (status, type) => objects(status.conditions).find((each) => each.type === type);

  const quoted = (value) => `'${value.replaceAll("'", "'\\''")}'`;

  function annotate(metadata, key, value) {
    const namespace = text(metadata.namespace);
    return [
      'kubectl',
      ...(namespace ? ['-n', namespace] : []),
      'annotate --overwrite migrator',
      text(metadata.name) ?? 'NAME',
      `${GROUP}/${key}=${quoted(value)}`,
    ].join(' ');
  }

  function step(given, run, now) {
    const name = text(given.name) ?? 'step';
    const state = text(given.state);
    // Between a Job's creation and its first sight the run names a step that is still listed as not started.
    const starting = run.live && state === 'Pending' && run.current === name;
    const [label, tone] = starting ? ['Starting', 'busy'] : (own(STATES, state) ?? [state ?? 'Unknown', 'idle']);
    const from = time(given.startTime);
    const runs = run.live && (state === 'Running' || starting);
    const to = runs ? now : time(given.completionTime);
    return {
      name,
      onFailure: given.kind === 'OnFailure',
      kind: own(KINDS, given.kind) ?? text(given.kind) ?? '',
      state: label,
      tone,
      pulse: runs && tone === 'busy',
      from,
      to,
      took: span(from, to),
      attempts: count(given.attempts),
      approvedBy: text(given.approvedBy),
      job: text(given.job),
      nextAttempt: state === 'Retrying' ? run.nextAttempt : undefined,
    };
  }

  /** A run that is the migration alone lists no steps; it is shown like one that does. */
  function alone(run, ended) {
    return {
      name: run.rolledBackFrom === undefined ? 'migration' : 'down',
      kind: run.rolledBackFrom === undefined ? 'Migration' : 'Down',
      state: ended ?? (run.nextAttemptTime === undefined ? 'Running' : 'Retrying'),
      startTime: run.startTime,
      completionTime: run.completionTime,
      attempts: run.attempt ?? run.attempts,
      job: run.job,
    };
  }

  /** Adds to each step where it lies in the run's time, in percent, if there is something to compare. */
  function placed(steps, from, to) {
    const timed = steps.filter((each) => each.from !== undefined && each.to !== undefined);
    const begin = Math.min(...timed.map((each) => each.from), from ?? Infinity);
    const end = Math.max(...timed.map((each) => each.to), to ?? -Infinity);
    if (steps.length < 2 || timed.length === 0 || end - begin < 1000) return steps;
    const percent = (milliseconds) => Math.min(100, Math.max(0, (milliseconds / (end - begin)) * 100));
    return steps.map((each) =>
      timed.includes(each)
        ? { ...each, bar: { offset: percent(each.from - begin), width: percent(each.to - each.from) } }
        : each,
    );
  }

  function nextAttempt(value, now) {
    const at = time(value);
    if (at === undefined) return undefined;
    return at > now ? `tried again in ${duration(at - now)}` : 'tried again now';
  }

  /** The run that is going on. */
  function current(given, now) {
    const run = {
      live: true,
      current: text(given.step)?.replace(/^\d+\/\d+\s+/, ''),
      nextAttempt: nextAttempt(given.nextAttemptTime, now),
    };
    const listed = objects(given.steps);
    const from = time(given.startTime);
    const steps = (listed.length > 0 ? listed : [alone(given)]).map((each) => step(each, run, now));
    return {
      id: text(given.id),
      live: true,
      revision: text(given.revision) ?? text(given.image) ?? 'an unknown revision',
      image: text(given.image),
      workload: text(given.workload),
      job: text(given.job),
      trigger: text(given.trigger),
      place: text(given.step),
      nextAttempt: run.nextAttempt,
      from,
      to: undefined,
      took: span(from, now),
      attempts: count(given.attempt),
      approvedBy: text(given.approvedBy),
      cancelledBy: text(given.cancelledBy),
      replacedBy: text(given.replacedBy),
      rolledBackFrom: text(given.rolledBackFrom),
      suspended: given.suspended === true,
      message: text(given.message),
      steps: placed(steps, from, now),
    };
  }

  /** A run that has ended, or what somebody has said in its place. */
  function past(given, now) {
    const outcome = text(given.outcome);
    const [label, tone] = own(OUTCOMES, outcome) ?? [outcome ?? 'Ended', 'idle'];
    const from = time(given.startTime);
    const to = time(given.completionTime);
    const listed = objects(given.steps);
    const ran = RAN.includes(outcome) && text(given.job) !== undefined;
    const ended = own(STATES, outcome) ? outcome : 'Stopped';
    const steps = (listed.length > 0 ? listed : ran ? [alone(given, ended)] : []).map((each) =>
      step(each, { live: false }, now),
    );
    return {
      id: text(given.id),
      live: false,
      outcome: label,
      tone,
      revision: text(given.revision) ?? text(given.image) ?? 'an unknown revision',
      image: text(given.image),
      workload: text(given.workload),
      job: text(given.job),
      trigger: text(given.trigger),
      from,
      to,
      took: outcome === 'Baseline' ? undefined : span(from, to),
      attempts: count(given.attempts),
      approvedBy: text(given.approvedBy),
      rolledBackFrom: text(given.rolledBackFrom),
      message: text(given.message),
      output: printed(given.output),
      steps: placed(steps, from, to),
    };
  }

  function approval(given, metadata, now) {
    const value = text(given.value);
    const since = time(given.since);
    return {
      revision: text(given.revision),
      step: text(given.step),
      since,
      waits: span(since, now),
      output: printed(given.output),
      approve: value && annotate(metadata, 'approve', value),
      reject: value && annotate(metadata, 'reject', value),
    };
  }

  /** What a person can do in Argo CD, in a sentence; the commands of kubectl stand in the operator's message. */
  function advice(phase, spec, run) {
    if (phase === 'Suspended' && spec.suspend === true) return `To go on: ${action('Resume')}; or, if the manifest in Git sets spec.suspend, change it there.`;
    if (phase === 'Suspended') return `To go on: ${action('Resume')}.`;
    if (phase === 'Failed') return `To try the same again: ${action('Retry')}.`;
    if (run?.nextAttempt) return `Not to wait for the next attempt: ${action('Retry')}.`;
    return undefined;
  }

  const action = (name) => `the action ${name} in this Migrator’s menu`;

  const NO_STATUS = 'The Migrator has no status. If this lasts, look whether the migrations operator runs.';
  const OUTDATED = 'The operator has not looked at the newest change of the Migrator yet.';
  const LEFT_ALONE = 'The operator leaves this Migrator alone, because it has the annotation controller-utils/skip-reconcile: "true".';

  function note(metadata, phase, outdated) {
    if (object(metadata.annotations)['controller-utils/skip-reconcile'] === 'true') return LEFT_ALONE;
    return phase !== undefined && outdated ? OUTDATED : undefined;
  }

  function headline(metadata, phase, reason, run) {
    if (metadata.deletionTimestamp) return ['Being deleted', 'idle'];
    if (phase === undefined) return ['Not seen by the operator yet', 'idle'];
    if (`${phase}/${reason}` === 'Running/MigrationsRunning') {
      if (run?.steps.some((each) => each.onFailure && each.pulse)) return ['Failed, the step on failure runs', 'bad'];
      if (run?.rolledBackFrom) return ['Taking the database back', 'busy'];
    }
    return own(REASONS, `${phase}/${reason}`) ?? own(PHASES, phase) ?? [phase, 'idle'];
  }

  /**
   * All that is shown of a Migrator.
   *
   * @param resource the Migrator as the API server gave it
   * @param now milliseconds since 1970
   */
  function view(resource, now) {
    const { metadata: meta, spec: specified, status: told } = object(resource);
    const metadata = object(meta);
    const spec = object(specified);
    const status = object(told);
    const phase = text(status.phase);
    const verdict = condition(status, 'Ready') ?? condition(status, 'MigrationsReady') ?? {};
    const outdated = count(status.observedGeneration) < count(metadata.generation);
    const run = isObject(status.run) ? current(status.run, now) : undefined;
    const [title, tone] = headline(metadata, phase, text(verdict.reason), run);
    const history = objects(status.history).map((entry) => past(entry, now));
    const ungated = condition(status, 'UngatedPods');
    const asks = phase === 'AwaitingApproval' && isObject(status.pendingApproval);
    return {
      name: text(metadata.name) ?? 'Migrator',
      namespace: text(metadata.namespace),
      title,
      tone,
      revision: text(status.desiredRevision),
      message: phase === undefined ? NO_STATUS : text(verdict.message),
      note: note(metadata, phase, outdated),
      advice: advice(phase, spec, run),
      warning: ungated?.status === 'True' ? text(ungated.message) : undefined,
      waitingPods: count(status.waitingPods),
      ungatedPods: count(status.ungatedPods),
      approval: asks ? approval(status.pendingApproval, metadata, now) : undefined,
      run: run ?? history[0],
      history: run ? history : history.slice(1),
      // Whether it changes without anybody doing something.
      moves: run !== undefined || tone === 'busy' || phase === undefined || outdated,
    };
  }

  /** The Migrators among the resources of an Application: what names each of them. */
  function migratorsOf(application) {
    return objects(object(object(application).status).resources)
      .filter((each) => each.group === GROUP && each.kind === KIND && text(each.name) !== undefined)
      .map((each) => ({ name: each.name, namespace: text(each.namespace), version: text(each.version) ?? 'v1beta1' }));
  }

  /** What names a Migrator among the resources of an Application; undefined if it has no name. */
  function reference(resource) {
    const { metadata, apiVersion } = object(resource);
    const name = text(object(metadata).name);
    const version = text(apiVersion)?.split('/')[1] ?? 'v1beta1';
    return name === undefined ? undefined : { name, namespace: text(metadata.namespace), version };
  }

  /** Where Argo CD's own API has a Migrator of an Application, relative to the UI's root. */
  function resourcePath(application, migrator) {
    const metadata = object(object(application).metadata);
    const query = new URLSearchParams({
      ...(text(metadata.namespace) && { appNamespace: metadata.namespace }),
      ...(migrator.namespace && { namespace: migrator.namespace }),
      resourceName: migrator.name,
      version: migrator.version,
      kind: KIND,
      group: GROUP,
    });
    return `api/v1/applications/${encodeURIComponent(text(metadata.name) ?? '')}/resource?${query}`;
  }

  /** One line about several Migrators: the most urgent, and how many others there are. */
  function summary(views) {
    const [first, ...others] = [...views].sort((a, b) => URGENCY.indexOf(a.tone) - URGENCY.indexOf(b.tone));
    if (first === undefined) return undefined;
    const pods = views.reduce((sum, each) => sum + each.waitingPods, 0);
    return {
      title: first.title,
      tone: first.tone,
      name: first.name,
      place: first.run?.live ? first.run.place : undefined,
      revision: first.revision && shortRevision(first.revision),
      waiting: pods > 0 ? waiting(pods) : undefined,
      others: others.length,
    };
  }

  const waiting = (pods) => (pods === 1 ? '1 pod waits' : `${pods} pods wait`);

  global.migratorExtension = {
    ...global.migratorExtension,
    GROUP,
    KIND,
    view,
    summary,
    migratorsOf,
    reference,
    resourcePath,
    shortRevision,
    duration,
    waiting,
  };
})(globalThis);
