// Bundles the extension. What loads at activation is dist/extension.js; each package in `lazy` becomes a file of its
// own beside it, read from disk only when its `await import(…)` runs.
const esbuild = require('esbuild');

const lazy = ['undici'];

const common = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
};

/** Turns `import('undici')` into a `require('./undici.js')` that runs at first use. */
const lazyPackages = {
  name: 'lazy-packages',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^(${lazy.join('|')})$`) }, ({ path }) => ({
      path: `./${path}.js`,
      external: true,
    }));
  },
};

Promise.all([
  esbuild.build({
    ...common,
    entryPoints: ['src/extension.ts'],
    outfile: 'dist/extension.js',
    external: ['vscode'],
    plugins: [lazyPackages],
  }),
  ...lazy.map((name) => esbuild.build({ ...common, entryPoints: [name], outfile: `dist/${name}.js` })),
]).catch(() => process.exit(1));
