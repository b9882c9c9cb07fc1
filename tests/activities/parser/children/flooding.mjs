// One line that never ends.
const piece = 'x'.repeat(1024 * 1024);
const write = () => process.stdout.write(piece, write);
write();
