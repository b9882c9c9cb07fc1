/** Every endpoint there is. */
import { accountRoutes } from './accounts/routes.ts';
import { analyticsRoutes } from './analytics/routes.ts';
import { authRoutes } from './auth/routes.ts';
import { edgeRoutes } from './edge/routes.ts';
import { callbackRoutes } from './callbacks/routes.ts';
import { collectionCloseRoutes } from './collections/close-routes.ts';
import { collectionRoutes } from './collections/routes.ts';
import { collectionBatchDeedRoutes } from './collection-batches/deed-routes.ts';
import { collectionBatchRoutes } from './collection-batches/routes.ts';
import { customerRoutes } from './customers/routes.ts';
import { invoiceRoutes } from './invoices/routes.ts';
import { payRoutes } from './payment-links/pay-routes.ts';
import { paymentLinkRoutes } from './payment-links/routes.ts';
import { unallocatedRoutes } from './unallocated/routes.ts';
import { disbursementDecisionRoutes } from './disbursements/decision-routes.ts';
import { disbursementRoutes } from './disbursements/routes.ts';
import { payoutWordRoutes } from './disbursements/word-routes.ts';
import { balanceRoutes } from './balances/routes.ts';
import { limitRoutes } from './limits/routes.ts';
import { ledgerAccountRoutes } from './ledger/account-routes.ts';
import { ledgerClosingRoutes } from './ledger/closing-routes.ts';
import { ledgerMonitorRoutes } from './ledger/monitor-routes.ts';
import { ledgerPostingRoutes } from './ledger/posting-routes.ts';
import { postingRequestRoutes } from './ledger/request-routes.ts';
import { ledgerRoutes } from './ledger/routes.ts';
import { auditRoutes } from './audit/routes.ts';
import { platformFlagRoutes } from './flags/platform-routes.ts';
import { flagFileRoutes } from './flags/file-routes.ts';
import { flagRequestRoutes } from './flags/request-routes.ts';
import { flagRoutes } from './flags/routes.ts';
import { flagTrialRoutes } from './flags/trial-routes.ts';
import { rowChangeRoutes } from './row-changes/routes.ts';
import { savedViewRoutes } from './saved-views/routes.ts';
import { searchRoutes } from './search/routes.ts';
import { memberRoutes } from './members/routes.ts';
import { keyRoutes } from './keys/routes.ts';
import { metaRoutes } from './meta/routes.ts';
import { noticeRoutes } from './notices/routes.ts';
import { payoutBatchDecisionRoutes } from './payouts/decision-routes.ts';
import { payoutBatchRoutes } from './payouts/routes.ts';
import { openApiDocument } from './openapi-document.ts';
import { operationRoutes } from './operations/routes.ts';
import { refundRoutes } from './reversals/routes.ts';
import type { Route } from './route.ts';
import { shortcodeCheckRoutes } from './shortcodes/check-routes.ts';
import { shortcodeRoutes } from './shortcodes/routes.ts';
import { shownNumberRoutes } from './shown-numbers/routes.ts';
import { statementDecisionRoutes } from './statements/decision-routes.ts';
import { mappingRoutes } from './statements/mapping-routes.ts';
import { dataSubjectRoutes } from './data-subjects/routes.ts';
import { breachRoutes } from './breaches/routes.ts';
import { platformBreachRoutes } from './breaches/platform-routes.ts';
import { closingRoutes } from './closings/routes.ts';
import { downloadRoutes } from './downloads/routes.ts';
import { exportRoutes } from './exports/routes.ts';
import { importRoutes } from './imports/routes.ts';
import { settingsRoutes } from './settings/routes.ts';
import { houseRoutes } from './tenants/house-routes.ts';
import { platformRoutes } from './tenants/platform-routes.ts';
import { tenantRoutes } from './tenants/routes.ts';
import { statementRoutes } from './statements/routes.ts';
import { statementRowRoutes } from './statements/row-routes.ts';
import { tariffRoutes } from './tariffs/routes.ts';
import { transactionRoutes } from './transactions/routes.ts';

/** What the frame around every screen of the dashboard asks for. */
const frameRoutes: readonly Route[] = [...savedViewRoutes, ...searchRoutes, ...noticeRoutes];

/** What businesses and operators may switch on. */
const featureRoutes: readonly Route[] = [
  ...[...flagRoutes, ...platformFlagRoutes],
  ...[...flagRequestRoutes, ...flagTrialRoutes, ...flagFileRoutes],
];

/** Who owes, what for, and where it is paid. */
const owedRoutes: readonly Route[] = [
  ...[...customerRoutes, ...paymentLinkRoutes, ...invoiceRoutes, ...payRoutes],
];

/** What a business takes along. */
const takenRoutes: readonly Route[] = [...downloadRoutes, ...exportRoutes];

/** All routes in the order of the document; fixed paths come before those with an id. */
export function allRoutes(): Route[] {
  const routes: Route[] = [];
  routes.push(
    ...authRoutes,
    ...keyRoutes,
    ...edgeRoutes,
    ...accountRoutes,
    ...statementRoutes,
    ...statementRowRoutes,
    ...statementDecisionRoutes,
    ...mappingRoutes,
    ...operationRoutes,
    ...transactionRoutes,
    ...analyticsRoutes,
    ...shortcodeRoutes,
    ...shortcodeCheckRoutes,
    ...callbackRoutes,
    ...collectionRoutes,
    ...collectionCloseRoutes,
    ...owedRoutes,
    ...collectionBatchRoutes,
    ...collectionBatchDeedRoutes,
    ...unallocatedRoutes,
    ...disbursementRoutes,
    ...shownNumberRoutes,
    ...disbursementDecisionRoutes,
    ...payoutWordRoutes,
    ...payoutBatchRoutes,
    ...payoutBatchDecisionRoutes,
    ...refundRoutes,
    ...limitRoutes,
    ...tariffRoutes,
    ...balanceRoutes,
    ...ledgerAccountRoutes,
    ...ledgerRoutes,
    ...ledgerPostingRoutes,
    ...postingRequestRoutes,
    ...frameRoutes,
    ...rowChangeRoutes,
    ...ledgerMonitorRoutes,
    ...ledgerClosingRoutes,
    ...tenantRoutes,
    ...platformRoutes,
    ...houseRoutes,
    ...memberRoutes,
    ...settingsRoutes,
    ...closingRoutes,
    ...takenRoutes,
    ...importRoutes,
    ...dataSubjectRoutes,
    ...breachRoutes,
    ...platformBreachRoutes,
    ...featureRoutes,
    ...auditRoutes,
    ...metaRoutes(() => openApiDocument(routes)),
  );
  return routes;
}
