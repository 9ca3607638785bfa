// A page that offers what Argo CD's offers to extensions: window.extensionsAPI, window.React, its API below the same root, and a theme
// by a class around everything. Its looks are near Argo CD's, but none of it is Argo CD's own.
import { readFileSync, readdirSync } from 'node:fs';

const folder = new URL('..', import.meta.url);

export const ORIGIN = 'https://argocd.example.com';
export const ROOT = `${ORIGIN}/argo-cd/`;

/** What Argo CD's server makes of the files below /tmp/extensions. */
export const joined = () =>
  readdirSync(folder)
    .filter((name) => /^extension.*\.js$/.test(name))
    .sort()
    .map((name) => `// source: ${name}\n${readFileSync(new URL(name, folder), 'utf8')}\n`)
    .join('');

const source = (path) => readFileSync(new URL(`node_modules/${path}`, folder), 'utf8');

/** React 19 has no files for a page without a bundler: its modules, each as a function, and a require that knows them. */
function bundled(modules) {
  const functions = Object.entries(modules).map(([name, path]) => `${JSON.stringify(name)}: (module, exports, require) => {${source(path)}\n}`);
  return `(() => {
    const modules = {${functions.join(',\n')}};
    const process = { env: { NODE_ENV: 'development' } };
    const loaded = {};
    const require = (name) => {
      if (!loaded[name]) modules[name]((loaded[name] = { exports: {} }), loaded[name].exports, require);
      return loaded[name].exports;
    };
    window.React = require('react');
    window.ReactDOM = { ...require('react-dom'), ...require('react-dom/client') };
  })();`;
}

export const REACTS = {
  // Argo CD 3.4 and before
  16: () => source('react16/umd/react.development.js') + source('react-dom16/umd/react-dom.development.js'),
  18: () => source('react18/umd/react.development.js') + source('react-dom18/umd/react-dom.development.js'),
  // since Argo CD 3.5
  19: () =>
    bundled({
      react: 'react/cjs/react.development.js',
      scheduler: 'scheduler/cjs/scheduler.development.js',
      'react-dom': 'react-dom/cjs/react-dom.development.js',
      'react-dom/client': 'react-dom/cjs/react-dom-client.development.js',
    }),
};

// Colours, font sizes and the panel's items as Argo CD has them.
const LOOKS = `
  body { margin: 0; font-family: Heebo, 'Liberation Sans', Arial, sans-serif; font-size: 16px; }
  #panel { padding: 20px 24px; width: 780px; }
  #panel.application-status-panel { font-size: 14px; padding: 5px 0; width: max-content; }
  .application-status-panel__item { font-size: 0.8em; line-height: 1.2; margin-top: 5px; padding: 5px 20px; }
  .application-status-panel__item label { display: block; font-size: 13px; }
  .theme-light #panel { background: #fff; color: #363c4a; }
  .theme-dark #panel { background: #28282d; color: #fff; }
`;

export const html = (theme) => `<!doctype html><html lang="en"><head><base href="/argo-cd/"><title>Argo CD</title><style>${LOOKS}</style></head>
<body><div id="theme" class="theme-${theme}"><main id="panel"></main></div><script src="react.js"></script><script src="host.js"></script><script src="extensions.js"></script></body></html>`;

/** Runs in the page. */
export const host = `
  window.registered = {};
  window.extensionsAPI = {
    registerResourceExtension: (component, group, kind, title, options) => { registered.tab = { component, group, kind, title, options }; },
    registerStatusPanelExtension: (component, title, id, flyout) => { registered.item = { component, title, id, flyout }; },
  };
  const panel = document.getElementById('panel');
  const root = ReactDOM.createRoot ? ReactDOM.createRoot(panel) : { render: (element) => ReactDOM.render(element, panel) };
  const shown = {
    tab: (props) => React.createElement(registered.tab.component, props),
    item: (props) => React.createElement(registered.item.component, { ...props, openFlyout: () => show('flyout', props) }),
    flyout: (props) => React.createElement(registered.item.flyout, props),
  };
  let turn = 0;
  window.show = (what, props) => {
    panel.className = what === 'item' ? 'application-status-panel' : '';
    root.render(React.createElement('div', { key: turn++ }, shown[what](props), React.createElement('footer', { id: 'shown' })));
  };
`;
