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
    title: 'shell.pages.statements',
    icon: 'i-lucide-file-text',
    permission: 'statements:read',
    isPrimary: true,
  },
  {
    route: 'transactions',
    title: 'shell.pages.transactions',
    icon: 'i-lucide-receipt-text',
    permission: 'transactions:read',
  },
  {
    route: 'collections',
    title: 'shell.pages.collections',
    icon: 'i-lucide-banknote-arrow-down',
    permission: 'collections:read',
    isPrimary: true,
  },
  {
    route: 'payment-links',
    title: 'shell.pages.links',
    icon: 'i-lucide-link',
    permission: 'collections:read',
  },
  {
    route: 'unallocated',
    title: 'shell.pages.desk',
    icon: 'i-lucide-inbox',
    permission: 'collections:read',
  },
  {
    route: 'payouts',
    title: 'shell.pages.payouts',
    icon: 'i-lucide-banknote-arrow-up',
    permission: 'disbursements:read',
    isPrimary: true,
  },
  {
    route: 'shortcodes',
    title: 'shell.pages.shortcodes',
    icon: 'i-lucide-store',
    permission: 'shortcodes:read',
  },
  {
    route: 'settings',
    title: 'shell.pages.settings',
    icon: 'i-lucide-settings-2',
    permission: 'settings:read',
  },
  {
    route: 'ledger',
    title: 'shell.pages.ledger',
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
