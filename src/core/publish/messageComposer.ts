import { isJson, type PropertyBag } from '../message/propertyBag';
import { type Generators } from '../template/generators';
import { MessageTemplate, type TemplateMoment } from '../template/messageTemplate';
import { type PublishDraft } from './draft';
import { messageSize, utf8Length, type MessageSize } from './messageSize';
import { placeIn, type DraftField, type DraftProblem } from './problem';
import { TemplateError } from '../template/templateError';

export interface ComposedMessage {
  readonly payload: string | Uint8Array;
  /** System properties first, in the order that IoT Hub documents them. */
  readonly bag: PropertyBag;
  /** By which it is found again among the hub's events; missing when the draft has none. */
  readonly messageId: string | undefined;
  readonly size: MessageSize;
}

interface TemplatedProperty {
  readonly id: DraftField;
  readonly name: MessageTemplate;
  readonly value: MessageTemplate;
}

/** A draft, read once, that gives message after message. */
export class MessageComposer {
  private constructor(
    private readonly body: MessageTemplate | Uint8Array,
    private readonly properties: readonly TemplatedProperty[],
  ) {}

  /**
   * Reads a draft.
   * @param bodyFile what is in the body's file, or why it cannot be read; needed only when the draft has one.
   * @returns all that is wrong with it; the composer is missing when a placeholder cannot be read.
   */
  static of(
    draft: PublishDraft,
    bodyFile: Uint8Array | string | undefined,
    generators: Generators,
  ): { readonly composer: MessageComposer | undefined; readonly problems: readonly DraftProblem[] } {
    const reader = new DraftReader(generators);
    const body = reader.body(draft, bodyFile);
    const properties = [
      reader.property('contentType', '$.ct', draft.contentType),
      reader.property('contentEncoding', '$.ce', draft.contentEncoding),
      reader.property('messageId', '$.mid', draft.messageId),
      reader.property('correlationId', '$.cid', draft.correlationId),
      ...draft.properties.map(({ name, value }, row) => reader.property('properties', name, value, row)),
    ].filter((property) => property !== undefined);
    reader.checkNames(draft.properties);
    const composer =
      body === undefined || reader.hasBrokenTemplate ? undefined : new MessageComposer(body, properties);
    return { composer, problems: reader.problems };
  }

  /** Whether every message is the same but for its message id. */
  get isConstant(): boolean {
    return (
      (!(this.body instanceof MessageTemplate) || this.body.isConstant) &&
      this.properties.every(
        ({ id, name, value }) => id === 'messageId' || (name.isConstant && value.isConstant),
      )
    );
  }

  /** @throws TemplateError when a placeholder has no value. */
  compose(moment: TemplateMoment): ComposedMessage {
    const payload = this.body instanceof MessageTemplate ? this.body.render(moment) : this.body;
    const bag = this.properties
      .map(({ name, value }) => [name.render(moment), value.render(moment)] as const)
      .filter(([name, value]) => value !== '' || !name.startsWith('$.'));
    return {
      payload,
      bag,
      messageId: bag.find(([name]) => name === '$.mid')?.[1],
      size: messageSize(typeof payload === 'string' ? utf8Length(payload) : payload.length, bag),
    };
  }
}

class DraftReader {
  readonly problems: DraftProblem[] = [];
  hasBrokenTemplate = false;

  constructor(private readonly generators: Generators) {}

  body(
    { body, contentType, contentEncoding }: PublishDraft,
    file: Uint8Array | string | undefined,
  ): MessageTemplate | Uint8Array | undefined {
    if (body.kind === 'file') {
      if (!(file instanceof Uint8Array)) {
        this.say('body', 'error', (body.path !== '' && file) || 'Choose the file that is the body.');
        return undefined;
      }
      if (saysJson(contentType) && !isJson(decode(file))) {
        this.say('body', 'warning', 'The content type says JSON, but the file is not valid JSON.');
      }
      return file;
    }
    if (saysJson(contentType) && !/^utf-?(8|16|32)$/i.test(contentEncoding)) {
      this.say(
        'contentEncoding',
        'warning',
        'Routes can look into a JSON body only when the encoding is utf-8, utf-16 or utf-32.',
      );
    }
    if (body.kind === 'json') {
      try {
        return MessageTemplate.json(body.text, this.generators);
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        const { offset, length, message } = error.problem;
        if (isJson(body.text)) return this.broken('body', body.text, error.problem);
        this.say('body', 'warning', `${message} The body is not valid JSON and is sent as it stands.`, {
          at: placeIn(body.text, offset, length),
        });
        return this.template('body', body.text);
      }
    }
    const template = this.template('body', body.text);
    if (template?.isConstant && saysJson(contentType) && !isJson(body.text)) {
      this.say('body', 'warning', 'The content type says JSON, but the body is not valid JSON.');
    }
    return template;
  }

  property(field: DraftField, name: string, value: string, row?: number): TemplatedProperty | undefined {
    if (name === '' && value === '') return undefined;
    if (field !== 'properties' && value === '') return undefined;
    if (name === '') {
      this.say('properties', 'error', 'This property has a value but no name.', { row });
      return undefined;
    }
    const read = {
      id: field,
      name: this.template(field, name, row),
      value: this.template(field, value, row),
    };
    return read.name && read.value ? { id: field, name: read.name, value: read.value } : undefined;
  }

  checkNames(properties: PublishDraft['properties']): void {
    const seen = new Set<string>();
    properties.forEach(({ name }, row) => {
      if (name !== '' && seen.has(name)) {
        this.say('properties', 'warning', `"${name}" is there twice; the hub keeps one of them.`, { row });
      }
      seen.add(name);
      if (/^(\$\.(ct|ce|mid|cid))$/.test(name)) {
        this.say('properties', 'error', `"${name}" has a field of its own above.`, { row });
      } else if (/^iothub-/i.test(name)) {
        this.say('properties', 'warning', 'Names that begin with "iothub-" belong to the hub.', { row });
      }
    });
  }

  private template(field: DraftField, text: string, row?: number): MessageTemplate | undefined {
    try {
      return MessageTemplate.text(text, this.generators);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      return this.broken(field, text, error.problem, row);
    }
  }

  private broken(
    field: DraftField,
    text: string,
    problem: { readonly message: string; readonly offset: number; readonly length: number },
    row?: number,
  ): undefined {
    this.hasBrokenTemplate = true;
    this.say(field, 'error', problem.message, { at: placeIn(text, problem.offset, problem.length), row });
  }

  private say(
    field: DraftField,
    severity: DraftProblem['severity'],
    message: string,
    { at, row }: { readonly at?: DraftProblem['at']; readonly row?: number } = {},
  ): void {
    this.problems.push({
      field,
      severity,
      message,
      ...(at ? { at } : {}),
      ...(row === undefined ? {} : { row }),
    });
  }
}

const saysJson = (contentType: string) => /^application\/([\w.-]+\+)?json\b/i.test(contentType.trim());
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
