import type { Permission } from '../../../api/auth/permissions.ts';

/** The places of the dashboard in the order of the navigation. */
export const pages: readonly {
  route: 'overview' | 'statements' | 'transactions' | 'shortcodes' | 'settings' | 'ledger';
  title: string;
  icon: string;
  permission: Permission;
}[] = [
  {
    route: 'overview',
    title: 'overview.title',
    icon: 'i-lucide-layout-dashboard',
    permission: 'analytics:read',
  },
  {
    route: 'statements',
    title: 'statements.title',
    icon: 'i-lucide-file-text',
    permission: 'statements:read',
  },
  {
    route: 'transactions',
    title: 'transactions.title',
    icon: 'i-lucide-receipt-text',
    permission: 'transactions:read',
  },
  {
    route: 'shortcodes',
    title: 'shortcodes.title',
    icon: 'i-lucide-store',
    permission: 'shortcodes:read',
  },
  {
    route: 'settings',
    title: 'settings.title',
    icon: 'i-lucide-settings-2',
    permission: 'settings:read',
  },
  {
    route: 'ledger',
    title: 'ledger.title',
    icon: 'i-lucide-book-open',
    permission: 'ledger:read',
  },
];
