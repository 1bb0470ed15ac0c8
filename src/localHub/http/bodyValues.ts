import { HubError } from '../errors';

/**
 * Reads values of a JSON body that has not been validated yet. Absent values and null mean the same; a value of another
 * type is refused, and never replaced by a default.
 */
type Json = Readonly<Record<string, unknown>>;

export const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;

function refuseType(name: string, type: string): never {
  throw new HubError('ArgumentInvalid', `${name} must be ${type}`);
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The body of a request that requires one. @throws HubError ArgumentInvalid */
export const bodyOf = ({ body }: { readonly body: unknown }): Json =>
  isObject(body) ? body : refuseType('The body', 'a JSON object');

/** @throws HubError ArgumentInvalid */
export function objectOf(value: unknown, name: string): Json {
  if (isAbsent(value)) return {};
  return isObject(value) ? value : refuseType(name, 'an object');
}

/** Undefined for an empty text too. @throws HubError ArgumentInvalid */
export function textOf(value: unknown, name: string): string | undefined {
  if (isAbsent(value) || value === '') return undefined;
  return typeof value === 'string' ? value : refuseType(name, 'a string');
}

/** @throws HubError ArgumentInvalid */
export function flagOf(value: unknown, name: string): boolean | undefined {
  if (isAbsent(value)) return undefined;
  return typeof value === 'boolean' ? value : refuseType(name, 'true or false');
}

/** @throws HubError ArgumentInvalid */
export function listOf(value: unknown, name: string): readonly unknown[] {
  if (isAbsent(value)) return [];
  return Array.isArray(value) ? value : refuseType(name, 'an array');
}

/** Texts by name, such as tags; numbers and booleans become texts, as in the service. @throws HubError ArgumentInvalid */
export const textsOf = (value: unknown, name: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(objectOf(value, name)).map(([key, text]) => [
      key,
      typeof text === 'object' && text !== null
        ? refuseType(`Each value of ${name}`, 'a string')
        : String(text),
    ]),
  );
