const allowed = /^[A-Za-z0-9\-.+%_#*?!(),:=@$']*$/;

/** Says what is wrong with a device id, in one sentence; `undefined` when it may be used. */
export function deviceIdProblem(deviceId: string): string | undefined {
  if (deviceId === '') return 'A device id has at least one character.';
  if (deviceId.length > 128)
    return `A device id has at most 128 characters; this one has ${deviceId.length}.`;
  const bad = [...deviceId].find((character) => !allowed.test(character));
  if (bad === undefined) return undefined;
  const shown = /\s/.test(bad) ? 'a space' : `"${bad}"`;
  return `A device id cannot contain ${shown}: use letters, digits and - . + % _ # * ? ! ( ) , : = @ $ '`;
}

/** Such an id is allowed by the registry, but MQTT gives these characters a meaning of their own in topics. */
export function worksOverMqtt(deviceId: string): boolean {
  return !/[#+/]/.test(deviceId);
}
