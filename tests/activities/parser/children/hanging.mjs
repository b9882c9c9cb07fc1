// Takes everything and never answers.
process.stdin.resume();
setInterval(() => {}, 1000);
for (;;);
