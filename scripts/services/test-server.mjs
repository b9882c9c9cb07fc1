import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { toolsDirectory, versions } from '../paths.mjs';
import { findJava, mavenJars } from './maven.mjs';

/**
 * The path of a program that starts Temporal's time-skipping test server on the port it is given.
 * `createTimeSkipping` of @temporalio/testing takes it as an existing path.
 */
export async function testServerProgram(onProgress) {
  await findJava();
  const jars = await mavenJars({
    name: 'test-server',
    coordinates: [
      `io.temporal:temporal-test-server:${versions.temporalTestServer}`,
      `org.slf4j:slf4j-nop:${versions.slf4jNop}`,
    ],
    onProgress,
  });
  const program = path.join(toolsDirectory, 'test-server', 'start');
  // It must replace the shell: the caller stops the process it started.
  const flags = '-Xshare:auto -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m';
  const lines = [
    '#!/bin/sh',
    `exec java ${flags} -cp "${jars}/*" io.temporal.testserver.TestServer "$@"`,
  ];
  writeFileSync(program, `${lines.join('\n')}\n`, { mode: 0o755 });
  return program;
}
