const WIDTH = 30;

/** A progress bar on a terminal; otherwise one line for each tenth. */
export function startBar(label, total) {
  const started = Date.now();
  const terminal = process.stdout.isTTY;
  let tenths = 0;
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
  return {
    show(done) {
      const text = `${label} ${done.toLocaleString('en')}/${total.toLocaleString('en')}`;
      if (terminal) {
        const filled = Math.round((done / total) * WIDTH);
        process.stdout.write(`\r[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${text} ${seconds()}\x1b[K`);
      } else if (Math.floor((done / total) * 10) > tenths) {
        tenths = Math.floor((done / total) * 10);
        console.log(`${text} ${seconds()}`);
      }
    },
    end: () => void (terminal && process.stdout.write('\n')),
  };
}
