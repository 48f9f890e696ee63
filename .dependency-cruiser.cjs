/** Who may import whom: the walls of docs/concepts/architecture.md. Run by test/architecture/imports.spec.ts. */
const features = '^src/features/([^/]+)/';

module.exports = {
  forbidden: [
    {
      name: 'platform-knows-no-feature',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: '^src/(features|kernel|demo|cli)/' },
    },
    {
      name: 'kernel-knows-no-domain',
      severity: 'error',
      from: { path: '^src/kernel/' },
      to: { path: '^src/(features|demo|cli)/' },
    },
    {
      name: 'features-know-no-kernel',
      severity: 'error',
      from: { path: '^src/features/' },
      to: { path: '^src/(kernel|demo|cli)/' },
    },
    {
      name: 'features-meet-in-public',
      severity: 'error',
      from: { path: features },
      to: { path: '^src/features/', pathNot: ['^src/features/$1/', '^src/features/[^/]+/public\\.ts$'] },
    },
    {
      name: 'sdk-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/sdk/' },
      to: { path: '^(src|plugins)/', pathNot: '^src/sdk/' },
    },
    {
      name: 'testkit-knows-the-sdk',
      severity: 'error',
      from: { path: '^src/testkit/' },
      to: { path: '^(src|plugins)/', pathNot: '^src/(sdk|testkit)/' },
    },
    {
      name: 'plugins-know-the-sdk',
      severity: 'error',
      from: { path: '^plugins/([^/]+)/src/' },
      to: { path: '^(src|plugins)/', pathNot: ['^plugins/$1/', '^src/sdk/'] },
    },
    {
      name: 'nobody-imports-pages',
      severity: 'error',
      from: { path: '^src/features/([^/]+)/', pathNot: '(/pages/|\\.module\\.ts$|\\.spec\\.ts$)' },
      to: { path: '/pages/' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: { pathNot: '\\.entit(y|ies)\\.ts$' },
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only-declared-packages',
      severity: 'error',
      from: { path: '^(src|plugins)/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.test.json' },
    exclude: { path: '(^|/)(dist|node_modules)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
