// Takes memory outside the JavaScript heap until somebody stops it.
process.stdout.write('{"t":"ready"}\n');
const held = [];
setInterval(() => held.push(Buffer.alloc(32 * 1024 * 1024, 1)), 5);
