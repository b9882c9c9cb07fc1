// Closes its input at once, so that whoever writes to it gets a broken pipe, and then ends well.
process.stdout.write('{"t":"ready"}\n');
process.stdin.destroy();
process.stdout.write('{"t":"needs","problem":"unknown-layout","detail":"not read"}\n{"t":"end"}\n');
