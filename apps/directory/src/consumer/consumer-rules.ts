import { invalidBody } from '@platform/failure';
import type { CallLimitPostJson, CreateConsumerRequestJsonV510 } from '@platform/messages';
import { callbackAddress } from '../oauth/callback.js';
import { isEmail } from '../user/email.js';
import { randomText } from './credentials.js';
import type { ConsumerRecord } from './consumer.entity.js';

/** What a body says of an application. */
export type Described = Pick<
  ConsumerRecord,
  | 'app_name'
  | 'app_type'
  | 'description'
  | 'developer_email'
  | 'company'
  | 'redirect_url'
  | 'logo_url'
  | 'certificate_pem'
>;

/**
 * The application that a body describes. A random suffix makes its name unique.
 * @throws ObpFailure OBP-10001
 */
export function describedBy({ client_certificate, logo_url, ...body }: CreateConsumerRequestJsonV510): Described {
  const urls = { redirect_url: body.redirect_url, logo_url: logo_url ?? '' };
  const certificate_pem = client_certificate ?? '';
  if (!isEmail(body.developer_email)) invalidBody('developer_email must be an e-mail address.');
  checkUrl('redirect_url', urls.redirect_url);
  checkUrl('logo_url', urls.logo_url);
  const { description, developer_email } = body;
  const app_type = body.app_type === 'Confidential' ? 'Confidential' : 'Public';
  return {
    app_name: `${body.app_name}_${randomText(10)}`,
    app_type,
    description,
    developer_email,
    company: body.company ?? '',
    ...urls,
    certificate_pem,
  };
}

/** Empty, or where a browser may be sent. @throws ObpFailure OBP-10001 */
export function checkUrl(name: 'redirect_url' | 'logo_url', value: string): void {
  if (value !== '' && (/\s/.test(value) || callbackAddress(value) === undefined))
    invalidBody(`${name} must be empty or an http or https URL without user and fragment.`);
}

const periods = ['second', 'minute', 'hour', 'day', 'week', 'month'] as const;

/** The limits of a body, per second to per month. */
export function limitsBy(body: CallLimitPostJson): number[] {
  return periods.map((period) => Number(body[`per_${period}_call_limit`]));
}
