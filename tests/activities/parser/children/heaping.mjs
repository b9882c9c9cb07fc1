// Fills the JavaScript heap.
const held = [];
for (;;) held.push(Array.from({ length: 10_000 }, (_, at) => `${at}-${held.length}`));
