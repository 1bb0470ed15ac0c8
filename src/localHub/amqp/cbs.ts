import type { HubContext } from '../context';
import { HubError } from '../errors';
import { amqpForDevices, audiencePath, isWithin, notSupported, scopeOf } from './addresses';
import { textOf, type Reply, type Request } from './replies';
import type { AuthorizedScope } from './sasl';

const refused = (status: number, description: string, condition: string): Reply => ({
  status,
  description,
  condition,
});

const unauthorized = (description: string): Reply => refused(401, description, 'amqp:unauthorized-access');

/** The body is an AMQP value; a data section is accepted too. */
function tokenOf(body: unknown): string {
  if (typeof body === 'string') return body;
  const content: unknown =
    typeof body === 'object' && body !== null && 'content' in body ? body.content : undefined;
  return Buffer.isBuffer(content) ? content.toString('utf8') : '';
}

/**
 * `put-token`: checks a token and returns the scope that it authorizes. Success is answered with 200 instead of the
 * service's 202, because azure-iothub accepts nothing else.
 */
export function putToken(
  context: HubContext,
  request: Request,
): { readonly reply: Reply; readonly scope?: AuthorizedScope } {
  const { properties, message } = request;
  if (textOf(properties.operation) !== 'put-token') {
    return { reply: refused(400, 'The only supported operation is put-token.', 'amqp:not-implemented') };
  }
  const text = tokenOf(message.body);
  const audience = audiencePath(textOf(properties.name));
  if (audience[0]?.toLowerCase() === 'devices') {
    return {
      reply: refused(
        501,
        notSupported(amqpForDevices.feature, amqpForDevices.advice),
        'amqp:not-implemented',
      ),
    };
  }
  // The type is not reliable: azure-eventhub for Python sends `jwt` with a shared access signature.
  if (!/^\s*SharedAccessSignature\s/i.test(text)) {
    return {
      reply: unauthorized(
        'InvalidToken: The local hub accepts shared access signatures only, not Microsoft Entra ID tokens.',
      ),
    };
  }
  try {
    const token = context.authenticator.authenticateEventReader(text);
    const signed = scopeOf(audiencePath(token.resource), context.eventHubName);
    const requested = scopeOf(audience, context.eventHubName);
    // Valid for what was both signed and requested: the narrower of the two, if one contains the other.
    const scope = isWithin(requested, signed) ? requested : signed;
    if (!isWithin(scope, requested)) {
      context.log(
        'info',
        `AMQP: refused a token for /${signed.join('/')} that was put for /${requested.join('/')}`,
      );
      return { reply: unauthorized('InvalidAudience: The token is for another audience.') };
    }
    return { reply: { status: 200, description: 'OK' }, scope: { scope, expiresAtMs: token.expiresAtMs } };
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    context.log('info', `AMQP: refused a token: ${error.message}`);
    return {
      reply: unauthorized('InvalidToken: The token was refused. See the log of the local hub for details.'),
    };
  }
}
