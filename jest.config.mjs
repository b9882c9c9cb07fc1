const esmOnly = ['kysely', 'openid-client', 'oauth4webapi', 'jose'];

const swc = [
  '@swc/jest',
  {
    jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  },
];

const shared = {
  testEnvironment: 'node',
  transform: { '^.+\\.(ts|mjs|js)$': swc },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  modulePathIgnorePatterns: ['<rootDir>/.daftari'],
};

export default {
  // Real services on a busy machine answer late; a hang still ends.
  testTimeout: 120_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/tests/{domain,simulators,activities/parser}/**/*.test.ts',
        '<rootDir>/tests/*.test.ts',
      ],
    },
    {
      ...shared,
      displayName: 'services',
      testMatch: [
        '<rootDir>/tests/{db,temporal,workflows,replay,activities,workers,api,bench,scripts}/**/*.test.ts',
      ],
      // The reader of files needs no service: it is tested on every core.
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/tests/activities/parser/'],
    },
    { ...shared, displayName: 'web', testMatch: ['<rootDir>/tests/web/**/*.test.ts'] },
    { ...shared, displayName: 'journeys', testMatch: ['<rootDir>/tests/journeys/**/*.test.ts'] },
  ],
};
