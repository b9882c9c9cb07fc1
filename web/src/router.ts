import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router';
import type { Permission } from '../../api/auth/permissions.ts';
import { withItsWords } from './i18n.ts';
import { useSession } from './session/useSession.ts';

declare module 'vue-router' {
  interface RouteMeta {
    /** Catalogue key of the page's name. */
    title: string;
    isPublic?: boolean;
    /** For strangers and for people who are signed in, outside of the dashboard's frame. */
    isOpen?: boolean;
    permission?: Permission;
  }
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    {
      path: '/login',
      name: 'login',
      component: () => import('./login/LoginView.vue'),
      meta: { title: 'login.title', isPublic: true },
    },
    {
      path: '/login/callback',
      name: 'loginCallback',
      component: () => import('./login/LoginView.vue'),
      meta: { title: 'login.title', isPublic: true },
    },
    {
      path: '/join',
      name: 'join',
      component: () => import('./tenants/JoinView.vue'),
      meta: { title: 'join.plainTitle', isOpen: true },
    },
    ...(['signUp', 'verify', 'forgot', 'reset'] as const).map((name) => ({
      path: { signUp: '/sign-up', verify: '/verify', forgot: '/forgot', reset: '/reset' }[name],
      name,
      component: () => import('./login/AccountView.vue'),
      props: { what: name },
      meta: { title: `accounts.${name}.title`, isPublic: true },
    })),
    {
      path: '/security',
      name: 'security',
      component: () => import('./security/SecurityView.vue'),
      meta: { title: 'security.title' },
    },
    {
      path: '/api-keys',
      name: 'apiKeys',
      component: () => import('./security/ApiKeysView.vue'),
      meta: { title: 'apiKeys.title', permission: 'keys:read' },
    },
    { path: '/', redirect: { name: 'overview' } },
    {
      path: '/overview',
      name: 'overview',
      component: () => import('./overview/OverviewView.vue'),
      meta: { title: 'overview.title', permission: 'analytics:read' },
    },
    {
      path: '/notices',
      name: 'notices',
      component: withItsWords(() => import('./notices/NoticesView.vue')),
      meta: { title: 'shell.notices' },
    },
    {
      path: '/downloads',
      name: 'downloads',
      component: withItsWords(() => import('./downloads/DownloadsView.vue')),
      meta: { title: 'shell.pages.downloads', permission: 'transactions:read' },
    },
    {
      path: '/statements',
      name: 'statements',
      component: withItsWords(() => import('./statements/StatementsView.vue')),
      meta: { title: 'statements.title', permission: 'statements:read' },
    },
    {
      path: '/statements/:statementId',
      name: 'statement',
      component: withItsWords(() => import('./statements/StatementView.vue')),
      props: true,
      meta: { title: 'statement.title', permission: 'statements:read' },
    },
    {
      path: '/transactions',
      name: 'transactions',
      component: withItsWords(() => import('./transactions/TransactionsView.vue')),
      meta: { title: 'transactions.title', permission: 'transactions:read' },
    },
    {
      path: '/collections',
      name: 'collections',
      component: withItsWords(() => import('./collections/CollectionsView.vue')),
      meta: { title: 'collections.title', permission: 'collections:read' },
    },
    {
      path: '/collections/new',
      name: 'collection-new',
      component: withItsWords(() => import('./collections/RequestView.vue')),
      meta: { title: 'collections.ask', permission: 'collections:write' },
    },
    {
      path: '/collections/batches',
      name: 'collection-batches',
      component: withItsWords(() => import('./collection-batches/PushListsView.vue')),
      meta: { title: 'collections.place.collection-batches', permission: 'collections:read' },
    },
    {
      path: '/collections/batches/new',
      name: 'collection-batch-new',
      component: withItsWords(() => import('./collection-batches/PushUploadView.vue')),
      meta: { title: 'collections.place.collection-batches', permission: 'collections:write' },
    },
    {
      path: '/collections/batches/:listId',
      name: 'collection-batch',
      component: withItsWords(() => import('./collection-batches/PushListView.vue')),
      props: true,
      meta: { title: 'collections.place.collection-batches', permission: 'collections:read' },
    },
    {
      path: '/collections/refunds',
      name: 'refunds',
      component: withItsWords(() => import('./refunds/RefundsView.vue')),
      meta: { title: 'collections.place.refunds', permission: 'disbursements:read' },
    },
    {
      path: '/collections/customers',
      name: 'customers',
      component: withItsWords(() => import('./customers/CustomersView.vue')),
      meta: { title: 'collections.place.customers', permission: 'collections:read' },
    },
    {
      path: '/collections/customers/upload',
      name: 'customers-upload',
      component: withItsWords(() => import('./customers/CustomerUploadView.vue')),
      meta: { title: 'customers.upload', permission: 'collections:write' },
    },
    {
      path: '/collections/customers/:customerId',
      name: 'customer',
      component: withItsWords(() => import('./customers/CustomerView.vue')),
      props: true,
      meta: { title: 'collections.place.customers', permission: 'collections:read' },
    },
    {
      path: '/collections/invoices',
      name: 'invoices',
      component: withItsWords(() => import('./invoices/InvoicesView.vue')),
      meta: { title: 'invoices.title', permission: 'collections:read' },
    },
    {
      path: '/collections/invoices/new',
      name: 'invoice-new',
      component: withItsWords(() => import('./invoices/InvoiceFormView.vue')),
      meta: { title: 'invoices.send', permission: 'collections:write' },
    },
    {
      path: '/collections/invoices/:invoiceId',
      name: 'invoice',
      component: withItsWords(() => import('./invoices/InvoiceView.vue')),
      props: true,
      meta: { title: 'invoices.title', permission: 'collections:read' },
    },
    {
      path: '/collections/:collectionId',
      name: 'collection',
      component: withItsWords(() => import('./collections/CollectionView.vue')),
      props: true,
      meta: { title: 'collections.title', permission: 'collections:read' },
    },
    {
      path: '/payment-links',
      name: 'payment-links',
      component: withItsWords(() => import('./payment-links/LinksView.vue')),
      meta: { title: 'links.title', permission: 'collections:read' },
    },
    {
      path: '/pay/:token',
      name: 'pay',
      component: withItsWords(() => import('./pay/PayPageView.vue')),
      props: true,
      meta: { title: 'pay.title', isOpen: true },
    },
    {
      path: '/unallocated',
      name: 'unallocated',
      component: withItsWords(() => import('./unallocated/DeskView.vue')),
      meta: { title: 'desk.title', permission: 'collections:read' },
    },
    {
      path: '/payouts',
      name: 'payouts',
      component: withItsWords(() => import('./disbursements/PayoutsView.vue')),
      meta: { title: 'payouts.title', permission: 'disbursements:read' },
    },
    {
      path: '/payouts/new',
      name: 'payout-new',
      component: withItsWords(() => import('./disbursements/PayView.vue')),
      meta: { title: 'payouts.pay', permission: 'disbursements:write' },
    },
    {
      path: '/payouts/batches',
      name: 'payout-batches',
      component: withItsWords(() => import('./payouts/BatchesView.vue')),
      meta: { title: 'batches.title', permission: 'disbursements:read' },
    },
    {
      path: '/payouts/batches/new',
      name: 'payout-batch-new',
      component: withItsWords(() => import('./payouts/BatchUploadView.vue')),
      meta: { title: 'batches.upload', permission: 'disbursements:write' },
    },
    {
      path: '/payouts/batches/:batchId',
      name: 'payout-batch',
      component: withItsWords(() => import('./payouts/BatchView.vue')),
      props: true,
      meta: { title: 'batches.title', permission: 'disbursements:read' },
    },
    {
      path: '/payouts/:disbursementId',
      name: 'payout',
      component: withItsWords(() => import('./disbursements/PayoutView.vue')),
      props: true,
      meta: { title: 'payouts.title', permission: 'disbursements:read' },
    },
    {
      path: '/shortcodes',
      name: 'shortcodes',
      component: withItsWords(() => import('./shortcodes/ShortcodesView.vue')),
      meta: { title: 'shortcodes.title', permission: 'shortcodes:read' },
    },
    {
      path: '/shortcodes/:shortcodeId',
      name: 'shortcode',
      component: withItsWords(() => import('./shortcodes/ShortcodeView.vue')),
      props: true,
      meta: { title: 'shortcodes.title', permission: 'shortcodes:read' },
    },
    {
      path: '/settings',
      name: 'settings',
      component: withItsWords(() => import('./settings/SettingsView.vue')),
      meta: { title: 'settings.title', permission: 'settings:read' },
    },
    {
      path: '/settings/team',
      name: 'team',
      component: withItsWords(() => import('./team/TeamView.vue')),
      meta: { title: 'team.title', permission: 'members:read' },
    },
    {
      path: '/settings/features',
      name: 'flags',
      component: withItsWords(() => import('./flags/FlagsView.vue')),
      meta: { title: 'flags.title', permission: 'flags:read' },
    },
    {
      path: '/settings/audit',
      name: 'audit',
      component: withItsWords(() => import('./audit/AuditView.vue')),
      meta: { title: 'audit.title', permission: 'audit:read' },
    },
    {
      path: '/settings/data',
      name: 'exports',
      component: withItsWords(() => import('./exports/ExportsView.vue')),
      meta: { title: 'shell.pages.exports', permission: 'tenant:export' },
    },
    {
      path: '/settings/people',
      name: 'subjects',
      component: withItsWords(() => import('./data-subjects/SubjectsView.vue')),
      meta: { title: 'shell.pages.subjects', permission: 'personal:reveal' },
    },
    {
      path: '/settings/breaches',
      name: 'breaches',
      component: withItsWords(() => import('./breaches/BreachesView.vue')),
      meta: { title: 'shell.pages.breaches', permission: 'breaches:read' },
    },
    {
      path: '/house',
      name: 'house',
      component: withItsWords(() => import('./house/HouseView.vue')),
      meta: { title: 'shell.pages.house', permission: 'platform:manage' },
    },
    {
      path: '/house/features',
      name: 'house-flags',
      component: withItsWords(() => import('./house/HouseFlagsView.vue')),
      meta: { title: 'shell.pages.houseFlags', permission: 'platform:manage' },
    },
    {
      path: '/house/breaches',
      name: 'house-breaches',
      component: withItsWords(() => import('./house/HouseBreachesView.vue')),
      meta: { title: 'shell.pages.houseBreaches', permission: 'platform:manage' },
    },
    {
      path: '/ledger',
      name: 'ledger',
      component: withItsWords(() => import('./ledger/AccountsView.vue')),
      meta: { title: 'ledger.title', permission: 'ledger:read' },
    },
    {
      path: '/ledger/accounts/:accountId',
      name: 'ledger-account',
      component: withItsWords(() => import('./ledger/AccountView.vue')),
      props: true,
      meta: { title: 'ledger.statement', permission: 'ledger:read' },
    },
    {
      path: '/ledger/monitors',
      name: 'ledger-monitors',
      component: withItsWords(() => import('./ledger/MonitorsView.vue')),
      meta: { title: 'monitors.title', permission: 'ledger:read' },
    },
    {
      path: '/ledger/requests',
      name: 'ledger-requests',
      component: withItsWords(() => import('./ledger/RequestsView.vue')),
      meta: { title: 'byHand.title', permission: 'ledger:read' },
    },
    {
      path: '/ledger/journal',
      name: 'journal',
      component: withItsWords(() => import('./ledger/JournalView.vue')),
      meta: { title: 'ledger.journal', permission: 'ledger:read' },
    },
    {
      path: '/ledger/trial-balance',
      name: 'trial-balance',
      component: withItsWords(() => import('./ledger/TrialBalanceView.vue')),
      meta: { title: 'ledger.trialBalance', permission: 'ledger:read' },
    },
    {
      path: '/ledger/story',
      name: 'story',
      component: withItsWords(() => import('./ledger/StoryView.vue')),
      meta: { title: 'ledger.story', permission: 'ledger:read' },
    },
    {
      path: '/:path(.*)*',
      name: 'missing',
      component: () => import('./shell/MissingView.vue'),
      meta: { title: 'states.missingTitle' },
    },
  ],
  scrollBehavior: (to, from, saved) => {
    if (saved !== null) return saved;
    return to.path === from.path ? false : { top: 0 };
  },
});

/** Where to go after sign-in: only a path of our own, never another site. */
export function intendedPath(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) && !next.startsWith('/login')
    ? next
    : '/overview';
}

router.beforeEach(async (to: RouteLocationNormalized) => {
  const session = useSession();
  await session.restore();
  if (to.meta.isOpen === true) return true;
  if (to.meta.isPublic === true) return session.isSignedIn ? intendedPath(to.query['next']) : true;
  if (session.isSignedIn) return true;
  return { name: 'login', query: to.fullPath === '/overview' ? {} : { next: to.fullPath } };
});
