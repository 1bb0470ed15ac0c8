export const samplePayload = '{"temperature":21.5,"humidity":48}';

const mostBytes = 262_144;

export function messageProblem(text: string): string | undefined {
  const size = Buffer.byteLength(text);
  return size > mostBytes
    ? `A message has at most 256 KB; this one has ${Math.ceil(size / 1024)} KB.`
    : undefined;
}
