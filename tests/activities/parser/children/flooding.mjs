// One line that never ends.
process.stdout.write('{"t":"ready"}\n');
const piece = 'x'.repeat(1024 * 1024);
const write = () => process.stdout.write(piece, write);
write();
