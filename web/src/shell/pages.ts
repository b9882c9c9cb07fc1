import type { Permission } from '../../../api/auth/permissions.ts';

/** The places of the dashboard in the order of the navigation. */
export const pages: readonly {
  route:
    | 'overview'
    | 'statements'
    | 'transactions'
    | 'collections'
    | 'unallocated'
    | 'payment-links'
    | 'payouts'
    | 'shortcodes'
    | 'settings'
    | 'ledger'
    | 'house';
  title: string;
  icon: string;
  permission: Permission;
  /** Stays in reach of the thumb on phones that cannot show every place. */
  isPrimary?: boolean;
}[] = [
  {
    route: 'overview',
    title: 'overview.title',
    icon: 'i-lucide-layout-dashboard',
    permission: 'analytics:read',
    isPrimary: true,
  },
  {
    route: 'statements',
    title: 'statements.title',
    icon: 'i-lucide-file-text',
    permission: 'statements:read',
    isPrimary: true,
  },
  {
    route: 'transactions',
    title: 'transactions.title',
    icon: 'i-lucide-receipt-text',
    permission: 'transactions:read',
  },
  {
    route: 'collections',
    title: 'collections.title',
    icon: 'i-lucide-banknote-arrow-down',
    permission: 'collections:read',
    isPrimary: true,
  },
  {
    route: 'payment-links',
    title: 'links.title',
    icon: 'i-lucide-link',
    permission: 'collections:read',
  },
  {
    route: 'unallocated',
    title: 'desk.title',
    icon: 'i-lucide-inbox',
    permission: 'collections:read',
  },
  {
    route: 'payouts',
    title: 'payouts.title',
    icon: 'i-lucide-banknote-arrow-up',
    permission: 'disbursements:read',
    isPrimary: true,
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
  {
    route: 'house',
    title: 'shell.pages.house',
    icon: 'i-lucide-building-2',
    permission: 'platform:manage',
  },
];
