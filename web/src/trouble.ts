// SPDX-License-Identifier: Apache-2.0
/* Why a request was refused, in words: the rule that refused where the server names one. */
import { ApiError } from './api';
import { refusalKey, t, word } from './i18n';

export function troubleOf(error: unknown): string {
  if (!(error instanceof ApiError)) return t('error.internal');
  const [group = '', ...rest] = refusalKey(error.code, String(error.members['reason'] ?? ''))
    .split('.');
  return word(group, rest.join('.'), t('error.internal'));
}
