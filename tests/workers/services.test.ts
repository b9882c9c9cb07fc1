import { readFileSync } from 'node:fs';
import { readServices, serviceNames } from '../../workers/services.ts';

describe('the services of a worker process', () => {
  test('all of them run when none is named', () => {
    expect(readServices([])).toEqual(serviceNames);
    expect(readServices(['--service=all'])).toEqual(serviceNames);
  });

  test('one or several are chosen by name, each once', () => {
    expect(readServices(['--service=relay'])).toEqual(['relay']);
    expect(readServices(['--service=relay,analytics,relay'])).toEqual(['relay', 'analytics']);
    expect(readServices(['--service=parser'])).toEqual(['statements']);
  });

  test('an unknown name is answered with the names there are', () => {
    expect(() => readServices(['--service=billing'])).toThrow(/no service "billing".*categorizer/);
  });
});

test('every service has a container of its own', () => {
  const compose = readFileSync('docker-compose.yml', 'utf8');
  const started = [...compose.matchAll(/--service=([\w,]+)/g)].flatMap(([, names]) =>
    readServices([`--service=${names}`]),
  );

  expect(new Set(started)).toEqual(new Set(serviceNames));
});

test('a worker is kept small wherever it is started', () => {
  const flags = String(JSON.parse(readFileSync('workers/node-flags.json', 'utf8')).join(' '));

  expect(readFileSync('docker-compose.yml', 'utf8')).toContain(`NODE_OPTIONS: ${flags}`);
  expect(readFileSync('package.json', 'utf8')).toContain(`node ${flags} workers/main.ts`);
});
