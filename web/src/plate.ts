// SPDX-License-Identifier: Apache-2.0
/* The name plate in one line: unit, title, role; what says the same twice is said once. */
import { word } from './i18n';

export interface Plate {
  unit: string | null;
  title?: string | null;
  role: string | null;
}

export function plateOf({ unit, title, role }: Plate): string {
  const parts = [unit, title, role ? word('role', role) : ''].filter((part) => !!part);
  return [...new Set(parts)].join(' · ');
}
