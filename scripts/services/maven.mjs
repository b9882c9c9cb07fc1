import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { toolsDirectory, versions } from '../paths.mjs';
import { compareVersions, findOnPath, run, runOrFail } from '../processes.mjs';

// Two Mavens at once may write the same file of their common cache.
let queue = Promise.resolve();

/**
 * The folder that holds the jars of the given Maven coordinates (`group:artifact:version`) and all
 * they need, downloaded the first time. An interrupted download goes on where it stopped, since Maven
 * keeps what it has; the folder appears under its name only when it is complete.
 */
export function mavenJars(wanted) {
  const job = queue.then(() => jarsOf(wanted));
  queue = job.catch(() => {});
  return job;
}

async function jarsOf({ name, coordinates, onProgress }) {
  const folder = path.join(toolsDirectory, name);
  const pom = projectFile(name, coordinates);
  const stamp = createHash('sha256').update(pom).digest('hex');
  const stampFile = path.join(folder, 'complete');
  const jars = path.join(folder, 'jars');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return jars;
  const maven = findOnPath('mvn');
  if (!maven) throw new Error(`${name} needs Maven: ${howToInstall('maven')}`);
  onProgress?.('downloading its jars with Maven (about 40 MB, once)');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'pom.xml'), pom);
  const draft = path.join(folder, 'draft');
  await runOrFail(
    `Downloading ${name}`,
    maven,
    [
      ...['-B', '-q', '-ntp', 'dependency:copy-dependencies'],
      ...['-DincludeScope=runtime', `-DoutputDirectory=${draft}`],
    ],
    { cwd: folder, timeoutMs: 900_000 },
  );
  renameSync(draft, jars);
  writeFileSync(stampFile, stamp);
  return jars;
}

/** The Java program when it is new enough; otherwise throws with the command that installs one. */
export async function findJava() {
  const java = findOnPath('java');
  const { stderr } = java ? await run(java, ['-version']) : { stderr: '' };
  const version = /version "(\d+)/.exec(stderr)?.[1];
  if (version && compareVersions(version, versions.javaMinimum) >= 0) return java;
  const found = version ? `Java ${version} is too old` : 'Java was not found';
  throw new Error(`${found}: ${howToInstall('openjdk-17-jdk-headless')}`);
}

function howToInstall(debianPackage) {
  const brew = debianPackage === 'maven' ? 'maven' : 'openjdk@17';
  const command =
    process.platform === 'darwin'
      ? `brew install ${brew}`
      : `sudo apt-get update && sudo apt-get install -y ${debianPackage}`;
  return `run "${command}", then start again.`;
}

function projectFile(name, coordinates) {
  const dependencies = coordinates.map((coordinate) => {
    const [group, artifact, version] = coordinate.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion>
<groupId>daftari</groupId><artifactId>${name}</artifactId><version>1</version>
<dependencies>
${dependencies.join('\n')}
</dependencies>
</project>
`;
}
