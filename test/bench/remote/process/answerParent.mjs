/** Tells the parent where it listens, and what it has used of the processor (µs) whenever asked. */
export function answerParent(url) {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send({ cpu: user + system });
  });
  process.on('disconnect', () => process.exit());
  process.send({ url });
}
