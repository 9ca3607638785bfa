// Shows what extension-migrator-model.js says: a tab on each Migrator, and an item in the status panel of each Application that has
// one. Uses the React of Argo CD's page (16 and later), and puts text in nothing but React's text nodes and attributes.
((window) => {
  'use strict';

  // The model is looked up when something is shown: so the order in which Argo CD joins the files does not matter.
  const model = () => window.migratorExtension;
  const h = (...args) => window.React.createElement(...args);

  const EVERY = 5000;
  const AFTER_AN_ERROR = 30000;
  const SHOWN_AT_FIRST = 10;

  // Each tone has its own shape, too: colour alone tells nothing.
  const SHAPES = {
    good: 'm6 10.5 3 3 5.5-6.5',
    bad: 'm6.8 6.8 6.4 6.4m0-6.4-6.4 6.4',
    person: 'M8 6.5v7m4-7v7',
    busy: 'M10 6v4.2l2.8 1.8',
    idle: 'M6.5 10h7',
  };

  const Mark = ({ tone, pulse }) =>
    h(
      'svg',
      { className: `migrator__mark migrator__${tone}${pulse ? ' migrator__pulse' : ''}`, viewBox: '0 0 20 20', 'aria-hidden': true },
      h('circle', { cx: 10, cy: 10, r: 8.5, fill: 'none', stroke: 'currentColor', strokeWidth: 2 }),
      h('path', { d: SHAPES[tone], fill: 'none', stroke: 'currentColor', strokeWidth: 2, strokeLinecap: 'round', strokeLinejoin: 'round' }),
    );

  const Time = ({ at }) =>
    h(
      'time',
      { dateTime: new Date(at).toISOString(), title: new Date(at).toISOString() },
      new Date(at).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' }),
    );

  const Revision = ({ revision, short }) =>
    h('code', { title: revision }, short ? model().shortRevision(revision) : revision);

  function Output({ text, label }) {
    return h('pre', { className: 'migrator__output', tabIndex: 0, role: 'region', 'aria-label': label }, text);
  }

  function Command({ label, command }) {
    const [copied, setCopied] = window.React.useState(false);
    const copy = () => window.navigator.clipboard.writeText(command).then(() => setCopied(true), () => {});
    return h(
      'div',
      null,
      label,
      h(
        'div',
        { className: 'migrator__command' },
        h('code', null, command),
        // Browsers have no clipboard for pages that came by plain HTTP.
        window.navigator.clipboard && h('button', { type: 'button', onClick: copy }, copied ? 'Copied' : 'Copy'),
      ),
    );
  }

  function Approval({ approval }) {
    return h(
      'section',
      { className: 'migrator__box migrator__person', 'aria-label': 'Approval' },
      h(
        'p',
        null,
        approval.step ? ['The run waits after step ', h('strong', { key: 'step' }, approval.step)] : 'The run has not started',
        ': somebody has to approve or reject ',
        approval.revision ? h(Revision, { revision: approval.revision }) : 'it',
        '. Until then new pods wait and old ones go on serving.',
      ),
      approval.output && h(Output, { text: approval.output, label: 'Output of the step that asks' }),
      h('p', null, 'In Argo CD: the actions ', h('strong', null, 'Approve'), ' and ', h('strong', null, 'Reject'), ' in this Migrator’s menu. Both take the right to approve.'),
      approval.approve && h(Command, { label: 'With kubectl, to approve:', command: approval.approve }),
      approval.reject && h(Command, { label: 'or to reject:', command: approval.reject }),
    );
  }

  function Head({ view }) {
    return h(
      'header',
      { className: `migrator__head migrator__${view.tone}` },
      h(Mark, { tone: view.tone, pulse: view.tone === 'busy' }),
      h(
        'div',
        null,
        h('div', { role: 'status' }, h('h3', null, view.title)),
        h(
          'div',
          { className: 'migrator__facts' },
          view.revision && h(Revision, { revision: view.revision }),
          view.waitingPods > 0 && h('span', null, model().waiting(view.waitingPods)),
          view.approval?.waits && h('span', null, `asked ${view.approval.waits} ago`),
        ),
        // What an approval needs stands in a box of its own.
        !view.approval && view.message && h('p', null, view.message),
        view.advice && h('p', null, view.advice),
        view.note && h('p', null, view.note),
      ),
    );
  }

  function Step({ step }) {
    const details = [
      step.attempts > 1 && `${step.attempts} attempts`,
      step.nextAttempt,
      step.approvedBy && `approved by ${step.approvedBy}`,
      step.job && `Job ${step.job}`,
    ].filter(Boolean);
    return h(
      'li',
      { className: `migrator__${step.tone}` },
      h(Mark, step),
      h(
        'div',
        null,
        h(
          'div',
          { className: 'migrator__step' },
          h('strong', null, step.name),
          h('span', { className: 'migrator__state' }, step.state),
          step.kind && h('span', { className: 'migrator__muted' }, step.kind),
          h('span', null, step.took),
        ),
        details.length > 0 && h('div', { className: 'migrator__muted' }, details.join(' · ')),
        step.bar &&
          h(
            'div',
            { className: 'migrator__track', 'aria-hidden': true },
            h('i', { style: { left: `min(${step.bar.offset}%, 100% - 4px)`, width: `${step.bar.width}%` } }),
          ),
      ),
    );
  }

  const Steps = ({ steps }) =>
    steps.length > 0 &&
    h('ol', { className: 'migrator__steps', 'aria-label': 'Steps' }, steps.map((step, index) => h(Step, { key: index, step })));

  /** The facts about a run in one line. Those of a step stand with the step. */
  function Facts({ run }) {
    return h(
      'div',
      { className: 'migrator__facts migrator__muted' },
      run.outcome && h('span', { className: `migrator__state migrator__${run.tone}` }, run.outcome),
      run.outcome && h(Revision, { revision: run.revision, short: true }),
      run.from !== undefined && h('span', null, 'started ', h(Time, { at: run.from })),
      run.workload && h('span', null, run.workload),
      run.rolledBackFrom && h('span', null, 'taken back from ', h(Revision, { revision: run.rolledBackFrom, short: true })),
      run.approvedBy && h('span', null, `approved by ${run.approvedBy}`),
      run.cancelledBy && h('span', null, `being cancelled by ${run.cancelledBy}`),
      run.replacedBy && h('span', null, 'makes way for ', h(Revision, { revision: run.replacedBy, short: true })),
      run.suspended && h('span', null, 'starts no further step: suspended'),
      run.trigger && h('span', null, `trigger ${run.trigger}`),
    );
  }

  function Past({ run }) {
    return h(
      'div',
      { className: 'migrator__past' },
      h(Facts, { run: { ...run, outcome: undefined } }),
      run.message && h('p', { className: 'migrator__muted' }, run.message),
      h(Steps, run),
      run.output && h(Output, { text: run.output, label: `Last output of the run to ${run.revision}` }),
    );
  }

  function Run({ run }) {
    const title = run.live ? 'Current run' : 'Last run';
    return h(
      'section',
      { 'aria-label': title },
      h('h4', null, title, run.took && h('span', null, ` · ${run.took}`)),
      h(Facts, { run }),
      h(Steps, run),
      run.output && h(Output, { text: run.output, label: 'Last output' }),
    );
  }

  function History({ runs }) {
    const [all, setAll] = window.React.useState(false);
    const shown = all ? runs : runs.slice(0, SHOWN_AT_FIRST);
    return h(
      'section',
      { 'aria-label': 'Earlier runs' },
      h('h4', null, 'Earlier runs'),
      shown.map((run, index) =>
        h(
          'details',
          { key: run.id ?? index },
          h(
            'summary',
            { className: `migrator__${run.tone}` },
            h(Mark, run),
            h(Revision, { revision: run.revision, short: true }),
            h('span', { className: 'migrator__state' }, run.outcome),
            h('span', { className: 'migrator__muted' }, run.to !== undefined && h(Time, { at: run.to }), run.took && ` · ${run.took}`),
          ),
          h(Past, { run }),
        ),
      ),
      shown.length < runs.length && h('p', null, h('button', { type: 'button', onClick: () => setAll(true) }, `Show all ${runs.length}`)),
    );
  }

  function Timeline({ resource, named }) {
    const now = useNow();
    const view = model().view(resource, now);
    return h(
      'section',
      { className: 'migrator', 'aria-label': `Migrations of ${view.name}` },
      named && h('h4', null, view.name),
      h(Head, { view }),
      view.warning && h('p', { className: 'migrator__box migrator__bad' }, view.warning),
      view.approval && h(Approval, view),
      view.run && h(Run, view),
      view.history.length > 0 && h(History, { runs: view.history }),
    );
  }

  /** The time, anew every second. */
  function useNow() {
    const [now, setNow] = window.React.useState(Date.now);
    window.React.useEffect(() => {
      const timer = setInterval(() => setNow(Date.now()), 1000);
      return () => clearInterval(timer);
    }, []);
    return now;
  }

  async function read(application, migrator) {
    const answer = await window.fetch(new URL(model().resourcePath(application, migrator), document.baseURI), { credentials: 'same-origin' });
    if (!answer.ok) throw new Error(`Argo CD answers ${answer.status}`);
    return JSON.parse((await answer.json()).manifest);
  }

  /**
   * The Migrators as Argo CD's API gives them, read anew when the Application changes and, while one of them moves by itself, every
   * few seconds: Argo CD tells its page of a change of health, not of each message.
   *
   * @return {resources, error}; resources is undefined until they were read
   */
  function useMigrators(application, migrators, version) {
    const [state, setState] = window.React.useState({});
    const names = JSON.stringify(migrators);
    window.React.useEffect(() => {
      let over = false;
      let timer;
      const load = async () => {
        let again = EVERY;
        try {
          const resources = document.hidden ? undefined : await Promise.all(JSON.parse(names).map((each) => read(application, each)));
          if (resources && !over) setState({ resources });
          if (resources?.every((each) => !model().view(each, Date.now()).moves)) again = undefined;
        } catch (error) {
          again = AFTER_AN_ERROR;
          if (!over) setState((before) => ({ ...before, error: error.message }));
        }
        if (again && !over) timer = setTimeout(load, again);
      };
      if (migrators.length > 0) load();
      return () => {
        over = true;
        clearTimeout(timer);
      };
    }, [names, version]);
    return state;
  }

  /** A Migrator of which the page has a state already, which is shown until a newer one is read. */
  function Live({ application, resource, reference }) {
    const { resources } = useMigrators(application, [reference], resource.metadata.resourceVersion);
    return h(Timeline, { resource: resources?.[0] ?? resource });
  }

  /** The tab on a Migrator. */
  function Tab({ application, resource }) {
    const reference = model().reference(resource);
    if (reference === undefined) return h(Timeline, { resource });
    return h(Live, { key: `${reference.namespace}/${reference.name}`, application, resource, reference });
  }

  const useMigratorsOf = (application) =>
    useMigrators(application, model().migratorsOf(application), application?.metadata?.resourceVersion);

  /** The item in an Application's status panel; nothing if it has no Migrator. Its outer classes are those of Argo CD's own items. */
  function Item({ application, openFlyout }) {
    const { resources, error } = useMigratorsOf(application);
    if (model().migratorsOf(application).length === 0) return null;
    const views = (resources ?? []).map((each) => model().view(each, Date.now()));
    const summary = model().summary(views) ?? { title: error ? 'Not known' : 'Being read', tone: 'idle', others: 0, name: error };
    const more = [summary.name, summary.place && `step ${summary.place}`, summary.revision, summary.waiting].filter(Boolean).join(' · ');
    return h(
      'div',
      { className: 'application-status-panel__item' },
      h(
        'div',
        { className: 'migrator migrator__item' },
        h(
          'div',
          { className: 'migrator__item-head' },
          h('label', null, 'MIGRATIONS'),
          h('button', { type: 'button', 'aria-label': 'More about the migrations', onClick: () => openFlyout?.() }, 'MORE'),
        ),
        h('div', { className: `migrator__item-value migrator__${summary.tone}`, role: 'status' }, h(Mark, { tone: summary.tone, pulse: summary.tone === 'busy' }), summary.title),
        more && h('div', { className: 'migrator__item-more' }, more),
        summary.others > 0 && h('div', { className: 'migrator__item-more' }, summary.others === 1 ? 'and 1 other Migrator' : `and ${summary.others} other Migrators`),
      ),
    );
  }

  function Flyout({ application }) {
    const { resources, error } = useMigratorsOf(application);
    if (!resources) return h('p', { className: 'migrator' }, error ? `The Migrators cannot be read: ${error}` : 'The Migrators are being read.');
    return h('div', null, resources.map((resource) => h(Timeline, { key: `${resource.metadata?.namespace}/${resource.metadata?.name}`, resource, named: true })));
  }

  /** Keeps an error of ours from taking Argo CD's page with it. */
  function guarded(component) {
    let Guard;
    return (props) => {
      Guard ??= class extends window.React.Component {
        state = {};
        static getDerivedStateFromError = (error) => ({ error });
        render() {
          return this.state.error ? h('p', { className: 'migrator' }, `The migration cannot be shown: ${this.state.error.message}`) : this.props.children;
        }
      };
      return h(Guard, null, h(component, props));
    };
  }

  function style() {
    const element = document.createElement('style');
    element.textContent = model().STYLE;
    document.head.append(element);
  }

  // Once all files have been joined and run.
  queueMicrotask(style);
  window.extensionsAPI.registerResourceExtension(guarded(Tab), 'migrations.coderanger.net', 'Migrator', 'Migrations', { icon: 'fa fa-database' });
  window.extensionsAPI.registerStatusPanelExtension?.(guarded(Item), 'Migrations', 'migrations', guarded(Flyout));
})(window);
