/**
 * Prints lines of text below a header line and, above it, a title.
 * @param {{title?: string, head: string[], left: number[], lines: string[][]}} table `left`: the columns with words;
 * the others contain numbers
 */
export function printTable({ title, head, left, lines }) {
  const widths = head.map((_, column) => Math.max(...[head, ...lines].map((line) => line[column].length)));
  const text = (cells) =>
    cells
      .map((cell, column) => (left.includes(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd();
  const above = title === undefined ? [''] : ['', title, ''];
  console.log(
    [...above, text(head), widths.map((width) => '-'.repeat(width)).join('  '), ...lines.map(text)].join('\n'),
  );
}
