process.stdout.write('{"t":"ready"}\n');
process.stdout.write('{"t":"progress","pages":1,"rows":1}\nthis is no frame\n');
setInterval(() => {}, 1000);
