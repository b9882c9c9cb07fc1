// Fills the JavaScript heap.
process.stdout.write('{"t":"ready"}\n');
const held = [];
for (;;) held.push(Array.from({ length: 10_000 }, (_, at) => `${at}-${held.length}`));
