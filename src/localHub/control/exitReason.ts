/** Lines around the message of an error that ended a process of Node: its source, its stack, and its details. */
const surroundings =
  /^(?:\s+at |node:|Node\.js v|\s*[\^~]+\s*$|\s*throw |[{}]|\S*:\d+$|\s*$|Debugger |For help, see|\(Use )/;
/** `TypeError [ERR_CODE]: ` */
const errorName = /^(?:Uncaught )?(?:[A-Za-z]*Error|FATAL ERROR)(?: \[[A-Z_0-9]+\])?: /;

/**
 * Why a process ended, from what it wrote to stderr: the message of the last error, without its name and stack.
 * @returns undefined if nothing was written
 */
export function firstReason(output: string): string | undefined {
  const lines = output.split('\n');
  const named = lines.findLast((line) => errorName.test(line));
  const line = named ?? lines.find((each) => !surroundings.test(each));
  return line?.replace(errorName, '').trim() || undefined;
}
