process.stdout.write('{"t":"ready"}\n');
process.stdout.write('{"t":"progress","pages":1,"rows":1}\n', () => process.exit(3));
