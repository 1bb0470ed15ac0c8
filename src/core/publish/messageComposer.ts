import * as l10n from '@vscode/l10n';
import { listText } from '../base/lists';
import { isJson, type PropertyBag } from '../message/propertyBag';
import { type Generators } from '../template/generators';
import { MessageTemplate, type TemplateMoment } from '../template/messageTemplate';
import { type PublishDraft } from './draft';
import { messageSize, utf8Length, type MessageSize } from './messageSize';
import { positionInText, type DraftField, type DraftProblem } from './problem';
import { TemplateError } from '../template/templateError';

export interface ComposedMessage {
  readonly payload: string | Uint8Array;
  /** System properties first, in the order of the IoT Hub documentation. */
  readonly bag: PropertyBag;
  /** Identifies the message among the events of the hub; absent if the draft has none. */
  readonly messageId: string | undefined;
  readonly size: MessageSize;
}

interface TemplatedProperty {
  readonly id: DraftField;
  readonly name: MessageTemplate;
  readonly value: MessageTemplate;
}

/** Composes the messages of a draft. */
export class MessageComposer {
  private constructor(
    private readonly body: MessageTemplate | Uint8Array,
    private readonly properties: readonly TemplatedProperty[],
  ) {}

  /**
   * Validates a draft and creates a composer for it.
   * @param bodyFile content of the body file, or why it cannot be read; required only if the draft has one.
   * @returns all problems; the composer is absent if a placeholder is not valid.
   */
  static create(
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

  /** Whether all messages are the same except for the message id. */
  get isConstant(): boolean {
    return (
      (!(this.body instanceof MessageTemplate) || this.body.isConstant) &&
      this.properties.every(
        ({ id, name, value }) => id === 'messageId' || (name.isConstant && value.isConstant),
      )
    );
  }

  /** @throws TemplateError when a placeholder has no value */
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
        this.add('body', 'error', (body.path !== '' && file) || l10n.t('Select a body file.'));
        return undefined;
      }
      if (isJsonType(contentType) && !isJson(decode(file))) {
        this.add('body', 'warning', l10n.t('The content type is JSON, but the file is not valid JSON.'));
      }
      return file;
    }
    if (isJsonType(contentType) && !/^utf-?(8|16|32)$/i.test(contentEncoding)) {
      this.add(
        'contentEncoding',
        'warning',
        l10n.t(
          'Routing queries can evaluate a JSON body only if the content encoding is {0}.',
          listText(['utf-8', 'utf-16', 'utf-32'], 'or'),
        ),
      );
    }
    if (body.kind === 'json') {
      try {
        return MessageTemplate.json(body.text, this.generators);
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        const { offset, length, message } = error.problem;
        if (isJson(body.text)) return this.broken('body', body.text, error.problem);
        this.add(
          'body',
          'warning',
          l10n.t('{0} The body is not valid JSON and will be sent as is.', message),
          {
            at: positionInText(body.text, offset, length),
          },
        );
        return this.template('body', body.text);
      }
    }
    const template = this.template('body', body.text);
    if (template?.isConstant && isJsonType(contentType) && !isJson(body.text)) {
      this.add('body', 'warning', l10n.t('The content type is JSON, but the body is not valid JSON.'));
    }
    return template;
  }

  property(field: DraftField, name: string, value: string, row?: number): TemplatedProperty | undefined {
    if (name === '' && value === '') return undefined;
    if (field !== 'properties' && value === '') return undefined;
    if (name === '') {
      this.add('properties', 'error', l10n.t('The property requires a name.'), { row });
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
        this.add(
          'properties',
          'warning',
          l10n.t('Duplicate property "{0}". The hub keeps only one of them.', name),
          {
            row,
          },
        );
      }
      seen.add(name);
      if (/^(\$\.(ct|ce|mid|cid))$/.test(name)) {
        this.add('properties', 'error', l10n.t('Set "{0}" in its field above.', name), { row });
      } else if (/^iothub-/i.test(name)) {
        this.add(
          'properties',
          'warning',
          l10n.t('Names that start with "iothub-" are reserved for the hub.'),
          {
            row,
          },
        );
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
    this.add(field, 'error', problem.message, {
      at: positionInText(text, problem.offset, problem.length),
      row,
    });
  }

  private add(
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

const isJsonType = (contentType: string) => /^application\/([\w.-]+\+)?json\b/i.test(contentType.trim());
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
