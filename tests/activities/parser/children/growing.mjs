// Takes memory outside the JavaScript heap until somebody stops it.
const held = [];
setInterval(() => held.push(Buffer.alloc(32 * 1024 * 1024, 1)), 5);
