import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { profileDirectory, versions } from '../paths.mjs';
import { onReservedPorts } from '../ports.mjs';
import { runOrFail } from '../processes.mjs';
import { findJava, mavenJars } from './maven.mjs';

/** Kafka: the one at KAFKA_BROKERS when it answers, otherwise one KRaft node from Maven's jars. */
export async function startKafka(context) {
  return (await reachable(context.configured)) ?? (await own(context));
}

/** The folder of Kafka's jars, downloaded first when it is missing. */
export function kafkaJars(onProgress) {
  const { kafka, kafkaScala, log4j } = versions;
  const coordinates = [
    `org.apache.kafka:kafka_${kafkaScala}:${kafka}`,
    `org.apache.logging.log4j:log4j-slf4j-impl:${log4j}`,
    `org.apache.logging.log4j:log4j-core:${log4j}`,
  ];
  return mavenJars({ name: 'kafka', coordinates, onProgress });
}

async function reachable({ KAFKA_BROKERS: brokers }) {
  const first = brokers?.split(',')[0]?.trim();
  if (!first) return undefined;
  const [host, port] = first.split(':');
  const alive = await answersKafka(host, Number(port ?? 9092));
  return alive ? { how: `the one at ${brokers}`, env: { KAFKA_BROKERS: brokers } } : undefined;
}

async function own({ profile, supervisor, ephemeral, reserve, onProgress }) {
  const java = await findJava();
  const classPath = path.join(await kafkaJars(onProgress), '*');
  const folder = path.join(profileDirectory(profile), 'kafka');
  if (ephemeral) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const start = async (port, controller) => {
    const files = writeSettings({ folder, port, controller });
    const logging = `-Dlog4j2.configurationFile=${files.logging}`;
    if (!existsSync(path.join(folder, 'data', 'meta.properties'))) {
      const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId(), '-c', files.server];
      const quick = ['-XX:TieredStopAtLevel=1', '-Xshare:auto'];
      await runOrFail('Formatting the log', java, [...quick, '-cp', classPath, logging, ...format]);
    }
    await supervisor.start({
      name: 'kafka',
      command: java,
      args: [
        ...['-Xmx512m', '-XX:+UseSerialGC', ...(ephemeral ? ['-XX:TieredStopAtLevel=1'] : [])],
        ...['-cp', classPath, logging, 'kafka.Kafka', files.server],
      ],
      cwd: folder,
      readyWithinMs: 90_000,
      stopWithinMs: 20_000,
      ready: () => answersKafka('127.0.0.1', port),
    });
    return port;
  };
  const port = await onReservedPorts(['kafka', 'kafka controller'], reserve, start);
  const how = `${versions.kafka} on 127.0.0.1:${port} (Maven)`;
  return { how, port, env: { KAFKA_BROKERS: `127.0.0.1:${port}` } };
}

/** 16 random bytes in base64url; with the first bit off it never begins with a dash like an option. */
function clusterId() {
  const bytes = randomBytes(16);
  bytes[0] &= 0x7f;
  return bytes.toString('base64url');
}

function writeSettings({ folder, port, controller }) {
  const server = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': path.join(folder, 'data'),
    // One node cannot keep three copies; without these lines consumer groups never form.
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    // The defaults make 50 partitions each, which only slows the first join on a laptop.
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.num.partitions': 4,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
    'log.index.size.max.bytes': 1_048_576,
  };
  const logging = {
    'appender.out.type': 'Console',
    'appender.out.name': 'out',
    'appender.out.layout.type': 'PatternLayout',
    'appender.out.layout.pattern': '%d{ISO8601} %p %m (%c{1})%n',
    'rootLogger.level': 'warn',
    'rootLogger.appenderRef.out.ref': 'out',
  };
  const write = (name, properties) => {
    const lines = Object.entries(properties).map(([key, value]) => `${key}=${value}\n`);
    writeFileSync(path.join(folder, name), lines.join(''));
    return path.join(folder, name);
  };
  return {
    server: write('server.properties', server),
    logging: write('log4j2.properties', logging),
  };
}

/**
 * Asks for the supported API versions (request 18, version 0), which a broker answers only once it has
 * joined its controller. Source: the Kafka protocol guide, "ApiVersions API".
 */
function answersKafka(host, port) {
  const request = Buffer.alloc(14);
  request.writeInt32BE(10, 0);
  request.writeInt16BE(18, 4);
  request.writeInt16BE(0, 6);
  request.writeInt32BE(1, 8);
  request.writeInt16BE(-1, 12);
  return new Promise((resolve) => {
    const socket = net.connect({ host, port }, () => socket.write(request));
    const finish = (alive) => {
      socket.destroy();
      resolve(alive);
    };
    socket.setTimeout(3000, () => finish(false));
    socket.on('error', () => finish(false));
    socket.on('close', () => finish(false));
    // Length, correlation id, then the error code, which is zero when all is well.
    socket.on('data', (data) => finish(data.length >= 10 && data.readInt16BE(8) === 0));
  });
}
