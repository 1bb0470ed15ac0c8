import { isIotError } from '../errors';
import { type HubStep } from './hubDraft';

/** The step to change so that a failed creation can succeed; `review` when there is none. */
export function failedWizardStep(error: unknown): HubStep {
  if (!isIotError(error)) return 'review';
  // Azure's own words are in the detail; the message is for people, in their language.
  const raw = error.detail ?? '';
  // Quoted text is a name or a value, which may be any word.
  const text = raw.replace(/"[^"]*"|'[^']*'/g, '');
  switch (error.code) {
    case 'alreadyExists':
      return /resource ?group/i.test(text) ? 'groupName' : 'name';
    case 'freeHubTaken':
      return 'plan';
    case 'quotaExceeded':
      return 'subscription';
    case 'regionFull':
    case 'unsupported':
      return 'region';
    case 'forbidden': {
      // A company policy often names the regions that it allows; otherwise a role is missing.
      const policies = /Policies: (.*)$/.exec(raw)?.[1] ?? text;
      return /RequestDisallowedByPolicy/.test(raw) && /location|region/i.test(policies) ? 'region' : 'group';
    }
    case 'locked':
      return 'group';
    case 'notFound':
    case 'refused':
      return /resource ?group/i.test(text) ? 'group' : /subscription/i.test(text) ? 'subscription' : 'review';
    case 'invalidInput':
      return words.find(([pattern]) => pattern.test(text))?.[1] ?? 'review';
    default:
      return 'review';
  }
}

/** ARM describes what it rejects only in words. */
const words: readonly (readonly [RegExp, HubStep])[] = [
  [/partition/i, 'partitions'],
  [/retention/i, 'retention'],
  [/resource ?group/i, 'group'],
  [/location|region/i, 'region'],
  [/\bunits?\b|capacity/i, 'units'],
  [/\bsku\b|\btier\b/i, 'plan'],
  [/\bname\b/i, 'name'],
];
