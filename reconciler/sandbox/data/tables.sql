-- Columns are named as the fields of the schema. A column named after another type holds that object's ID.
-- Labels, inputs and other lists are JSON. `kept` holds what the sandbox itself remembers, as JSON. `seq` keeps the order of creation, the default order of every list.

PRAGMA user_version = 10;

CREATE TABLE kept (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE organization (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, tenantId TEXT NOT NULL, labels TEXT NOT NULL DEFAULT '[]');

CREATE TABLE signing_keys (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, publicKey TEXT NOT NULL, privateKeyPreview TEXT NOT NULL,
  imported INTEGER NOT NULL, issuedAt TEXT NOT NULL, createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL);

CREATE TABLE activities (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, description TEXT NOT NULL, user TEXT, userName TEXT NOT NULL,
  timestamp TEXT NOT NULL);

CREATE TABLE customers (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, externalId TEXT,
  description TEXT NOT NULL DEFAULT '', labels TEXT NOT NULL DEFAULT '[]', avatarUrl TEXT,
  allowEmbeddedDesigner INTEGER NOT NULL DEFAULT 0, isSystem INTEGER NOT NULL DEFAULT 0,
  starred INTEGER NOT NULL DEFAULT 0, createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL);
CREATE INDEX customers_external ON customers (externalId);
CREATE INDEX customers_created ON customers (createdAt);

CREATE TABLE roles (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, about TEXT NOT NULL,
  level INTEGER NOT NULL, tags TEXT NOT NULL);

CREATE TABLE users (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, email TEXT NOT NULL COLLATE NOCASE,
  name TEXT NOT NULL DEFAULT '', phone TEXT NOT NULL DEFAULT '', externalId TEXT,
  customer TEXT REFERENCES customers (id) ON DELETE CASCADE, role TEXT NOT NULL, avatarUrl TEXT,
  darkMode INTEGER NOT NULL DEFAULT 0, darkModeSyncWithOs INTEGER NOT NULL DEFAULT 0,
  featureFlags TEXT NOT NULL DEFAULT '{}', createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL);
CREATE INDEX users_email ON users (email);
CREATE INDEX users_customer ON users (customer);
CREATE INDEX users_created ON users (createdAt);

CREATE TABLE integrations (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, description TEXT,
  category TEXT, documentation TEXT, overview TEXT, labels TEXT NOT NULL DEFAULT '[]', avatarUrl TEXT,
  metadata TEXT, starred INTEGER NOT NULL DEFAULT 0, configPages TEXT NOT NULL DEFAULT '[]',
  endpointType TEXT, isCodeNative INTEGER NOT NULL DEFAULT 0, definition TEXT NOT NULL, customer TEXT REFERENCES customers (id) ON DELETE CASCADE,
  draft INTEGER NOT NULL DEFAULT 0, versionSequenceId TEXT NOT NULL, versionNumber INTEGER NOT NULL,
  versionIsAvailable INTEGER NOT NULL DEFAULT 0, versionComment TEXT, versionAttributes TEXT,
  versionCreatedAt TEXT, versionCreatedBy TEXT, hasUnpublishedChanges INTEGER NOT NULL DEFAULT 0,
  createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL);
CREATE INDEX integrations_sequence ON integrations (versionSequenceId);
CREATE INDEX integrations_name ON integrations (name);
CREATE INDEX integrations_customer ON integrations (customer);

CREATE TABLE flows (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
  integration TEXT NOT NULL REFERENCES integrations (id) ON DELETE CASCADE, name TEXT NOT NULL,
  description TEXT, stableKey TEXT, stableId TEXT, sortOrder INTEGER NOT NULL,
  isSynchronous INTEGER NOT NULL, isAgentFlow INTEGER NOT NULL DEFAULT 0,
  endpointSecurityType TEXT NOT NULL, organizationApiKeys TEXT NOT NULL DEFAULT '[]',
  testContentType TEXT, testHeaders TEXT, testPayload TEXT,
  starter TEXT NOT NULL, starterAction TEXT NOT NULL REFERENCES component_actions (id), steps TEXT NOT NULL DEFAULT '[]');
CREATE INDEX flows_integration ON flows (integration);
CREATE INDEX flows_starter ON flows (starterAction);

CREATE TABLE required_config_variables (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
  integration TEXT NOT NULL REFERENCES integrations (id) ON DELETE CASCADE, key TEXT NOT NULL,
  stableKey TEXT, stableId TEXT, sortOrder INTEGER NOT NULL, dataType TEXT NOT NULL, collectionType TEXT,
  defaultValue TEXT, description TEXT, header TEXT, hasDivider INTEGER NOT NULL DEFAULT 0,
  pickList TEXT NOT NULL DEFAULT '[]', scheduleType TEXT, timeZone TEXT, codeLanguage TEXT,
  orgOnly INTEGER NOT NULL DEFAULT 0, meta TEXT NOT NULL DEFAULT '{}', inputs TEXT NOT NULL DEFAULT '[]',
  onPremiseConnectionConfig TEXT NOT NULL, userLevelConfigured INTEGER NOT NULL DEFAULT 0,
  connection TEXT REFERENCES component_connections (id), oauth2 TEXT,
  scopedConfigVariable TEXT REFERENCES scoped_config_variables (id));
CREATE INDEX required_integration ON required_config_variables (integration);
CREATE INDEX required_config_variables_connection ON required_config_variables (connection);
CREATE INDEX required_config_variables_scoped ON required_config_variables (scopedConfigVariable);

CREATE TABLE instances (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, description TEXT NOT NULL DEFAULT '',
  customer TEXT NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  integration TEXT NOT NULL REFERENCES integrations (id), labels TEXT NOT NULL DEFAULT '[]',
  enabled INTEGER NOT NULL, needsDeploy INTEGER NOT NULL DEFAULT 1, deployments INTEGER NOT NULL DEFAULT 0,
  deployedVersion INTEGER NOT NULL DEFAULT 0, lastDeployedAt TEXT, lastExecutedAt TEXT,
  isSystem INTEGER NOT NULL DEFAULT 0, designedBy TEXT NOT NULL DEFAULT 'ORG',
  instanceType TEXT NOT NULL DEFAULT 'INTEGRATION', globalDebug INTEGER NOT NULL DEFAULT 0,
  inFailedState INTEGER NOT NULL DEFAULT 0, logsDisabled INTEGER NOT NULL DEFAULT 0,
  stepResultsDisabled INTEGER NOT NULL DEFAULT 0, systemSuspended INTEGER NOT NULL DEFAULT 0,
  broken INTEGER NOT NULL DEFAULT 0, starred INTEGER NOT NULL DEFAULT 0,
  createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL);
CREATE INDEX instances_name ON instances (customer, name);
CREATE INDEX instances_integration ON instances (integration);
CREATE INDEX instances_created ON instances (createdAt);
CREATE INDEX instances_by_name ON instances (name);

CREATE TABLE config_variables (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
  instance TEXT NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
  requiredConfigVariable TEXT NOT NULL REFERENCES required_config_variables (id) ON DELETE CASCADE,
  value TEXT, scheduleType TEXT, timeZone TEXT, status TEXT, inputs TEXT NOT NULL DEFAULT '[]',
  customerConfigVariable TEXT, onPremiseResource TEXT, meta TEXT, lastSuccessfulRefreshAt TEXT, refreshAt TEXT);
CREATE INDEX config_variables_instance ON config_variables (instance);
CREATE INDEX config_variables_required ON config_variables (requiredConfigVariable);
CREATE INDEX config_variables_reusable ON config_variables (customerConfigVariable);

CREATE TABLE flow_configs (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
  instance TEXT NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
  flow TEXT NOT NULL REFERENCES flows (id) ON DELETE CASCADE, apiKeys TEXT NOT NULL DEFAULT '[]',
  testPayload TEXT, testHeaders TEXT, testContentType TEXT, usesLre INTEGER NOT NULL DEFAULT 0,
  inFailedState INTEGER NOT NULL DEFAULT 0, lastExecutedAt TEXT);
CREATE INDEX flow_configs_instance ON flow_configs (instance);
CREATE INDEX flow_configs_flow ON flow_configs (flow);

-- Components are known from the definitions of integrations and from the connections of world files.
CREATE TABLE components (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, key TEXT NOT NULL, label TEXT NOT NULL, public INTEGER NOT NULL,
  category TEXT, customer TEXT REFERENCES customers (id) ON DELETE CASCADE, description TEXT NOT NULL DEFAULT '',
  labels TEXT NOT NULL DEFAULT '[]', versionSequenceId TEXT NOT NULL, versionNumber INTEGER NOT NULL,
  versionIsLatest INTEGER NOT NULL DEFAULT 1, versionIsAvailable INTEGER NOT NULL DEFAULT 1,
  versionCreatedAt TEXT NOT NULL);
CREATE INDEX components_key ON components (key, public);
CREATE INDEX components_customer ON components (customer);

CREATE TABLE component_connections (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
  component TEXT NOT NULL REFERENCES components (id) ON DELETE CASCADE, key TEXT NOT NULL, label TEXT NOT NULL,
  oauth2Type TEXT, inputs TEXT NOT NULL DEFAULT '[]', "order" INTEGER NOT NULL DEFAULT 0);
CREATE INDEX component_connections_component ON component_connections (component);

CREATE TABLE component_actions (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
  component TEXT NOT NULL REFERENCES components (id) ON DELETE CASCADE, key TEXT NOT NULL, label TEXT NOT NULL,
  isTrigger INTEGER NOT NULL);
CREATE INDEX component_actions_component ON component_actions (component);

-- An `implied` connection is one that a definition names and nobody has created: it is in no list.
CREATE TABLE scoped_config_variables (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, key TEXT NOT NULL, stableKey TEXT NOT NULL,
  description TEXT, managedBy TEXT NOT NULL, variableScope TEXT NOT NULL, status TEXT,
  customer TEXT REFERENCES customers (id) ON DELETE CASCADE, connection TEXT, inputs TEXT NOT NULL DEFAULT '[]',
  defaultForComponent INTEGER NOT NULL DEFAULT 0, implied INTEGER NOT NULL DEFAULT 0, meta TEXT,
  createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL, lastConfiguredAt TEXT, lastSuccessfulRefreshAt TEXT, refreshAt TEXT);
CREATE INDEX scoped_config_variables_customer ON scoped_config_variables (customer);
CREATE INDEX scoped_config_variables_connection ON scoped_config_variables (connection);
CREATE INDEX scoped_config_variables_stable ON scoped_config_variables (stableKey);

CREATE TABLE customer_config_variables (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, key TEXT, isTest INTEGER NOT NULL DEFAULT 0,
  customer TEXT REFERENCES customers (id) ON DELETE CASCADE, status TEXT NOT NULL,
  scopedConfigVariable TEXT NOT NULL REFERENCES scoped_config_variables (id) ON DELETE CASCADE,
  inputs TEXT NOT NULL DEFAULT '[]', meta TEXT,
  createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL, lastConfiguredAt TEXT, lastSuccessfulRefreshAt TEXT, refreshAt TEXT);
CREATE INDEX customer_config_variables_customer ON customer_config_variables (customer);
CREATE INDEX customer_config_variables_scoped ON customer_config_variables (scopedConfigVariable);

-- The shared connection that a config variable of an instance uses: `scoped` is the organization's object, and
-- `customerVariable` the customer's part in it, which those that the organization manages find by themselves.
-- `found_uses` finds all of them; `shared_uses` holds what was found when anything in it last changed.
CREATE TABLE shared_uses (
  variable TEXT PRIMARY KEY REFERENCES config_variables (id) ON DELETE CASCADE, instance TEXT NOT NULL,
  scoped TEXT NOT NULL, customerVariable TEXT, missing INTEGER NOT NULL);
CREATE INDEX shared_uses_instance ON shared_uses (instance);
CREATE INDEX shared_uses_scoped ON shared_uses (scoped);
CREATE INDEX shared_uses_customer ON shared_uses (customerVariable);

CREATE VIEW found_uses AS
SELECT variable, instance, scoped, customerVariable, ownScope AND customerVariable IS NULL AS missing FROM (
  SELECT v.id AS variable, v.instance, s.id AS scoped, s.variableScope = 'CUSTOMER' AND NOT s.implied AS ownScope,
    CASE WHEN v.customerConfigVariable IS NULL AND s.managedBy = 'ORG' AND s.variableScope = 'CUSTOMER'
      THEN (SELECT c.id FROM customer_config_variables c WHERE c.scopedConfigVariable = s.id
        AND c.customer = i.customer AND NOT c.isTest ORDER BY c.seq LIMIT 1)
      ELSE v.customerConfigVariable END AS customerVariable
  FROM config_variables v
  JOIN required_config_variables r ON r.id = v.requiredConfigVariable
  JOIN scoped_config_variables s ON s.id = r.scopedConfigVariable
  JOIN instances i ON i.id = v.instance
  UNION ALL
  SELECT v.id, v.instance, c.scopedConfigVariable, 1, c.id
  FROM config_variables v
  JOIN required_config_variables r ON r.id = v.requiredConfigVariable AND r.scopedConfigVariable IS NULL
  JOIN customer_config_variables c ON c.id = v.customerConfigVariable);

-- What uses a connection, once for each connection that it uses: `used` is the connection's ID.
CREATE VIEW instances_of_scoped AS
SELECT i.*, u.scoped AS used FROM shared_uses u JOIN instances i ON i.id = u.instance
WHERE u.variable = (SELECT min(variable) FROM shared_uses WHERE instance = u.instance AND scoped = u.scoped);
CREATE VIEW instances_of_customer_variable AS
SELECT i.*, u.customerVariable AS used FROM shared_uses u JOIN instances i ON i.id = u.instance
WHERE u.variable = (
  SELECT min(variable) FROM shared_uses WHERE instance = u.instance AND customerVariable = u.customerVariable);
CREATE VIEW integrations_of_scoped AS
SELECT v.*, u.scopedConfigVariable AS used
FROM required_config_variables u JOIN integrations v ON v.id = u.integration
WHERE u.id = (SELECT min(id) FROM required_config_variables
  WHERE integration = u.integration AND scopedConfigVariable = u.scopedConfigVariable);

CREATE TABLE on_premise_resources (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, port INTEGER NOT NULL,
  customer TEXT REFERENCES customers (id) ON DELETE CASCADE, status TEXT NOT NULL);
CREATE INDEX on_premise_resources_customer ON on_premise_resources (customer);

-- `due` is when an execution changes next by itself; `plan` is the rule that says how.
CREATE TABLE executions (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
  instance TEXT REFERENCES instances (id) ON DELETE CASCADE, flow TEXT, flowConfig TEXT, integration TEXT,
  invokeType TEXT NOT NULL, isTestExecution INTEGER NOT NULL, queuedAt TEXT NOT NULL, startedAt TEXT NOT NULL,
  endedAt TEXT, status TEXT NOT NULL, resultType TEXT, error TEXT, stepCount INTEGER NOT NULL,
  retryCount INTEGER NOT NULL DEFAULT 0, maxRetryCount INTEGER NOT NULL DEFAULT 0, retryNextAt TEXT,
  retryForExecution TEXT, retryUniqueRequestId TEXT, due TEXT, plan TEXT NOT NULL DEFAULT '{}',
  payload TEXT NOT NULL DEFAULT '', contentType TEXT NOT NULL DEFAULT '');
CREATE INDEX executions_due ON executions (due) WHERE due IS NOT NULL;
CREATE INDEX executions_retries ON executions (retryForExecution);
CREATE INDEX executions_instance ON executions (instance);
CREATE INDEX executions_flow_config ON executions (flowConfig);
CREATE INDEX executions_flow ON executions (flow);
CREATE INDEX executions_integration ON executions (integration);

CREATE TABLE step_results (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
  executionResult TEXT NOT NULL REFERENCES executions (id) ON DELETE CASCADE, stepName TEXT NOT NULL,
  displayStepName TEXT, startedAt TEXT NOT NULL, endedAt TEXT, hasError INTEGER NOT NULL DEFAULT 0,
  contentType TEXT NOT NULL, data TEXT NOT NULL);
CREATE INDEX step_results_execution ON step_results (executionResult);

CREATE TABLE logs (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
  executionResult TEXT NOT NULL REFERENCES executions (id) ON DELETE CASCADE, message TEXT NOT NULL,
  severity TEXT NOT NULL, logType TEXT NOT NULL, timestamp TEXT NOT NULL, stepName TEXT);
CREATE INDEX logs_execution ON logs (executionResult);

CREATE TABLE webhook_endpoints (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, url TEXT NOT NULL,
  eventTypes TEXT NOT NULL, headers TEXT, secret TEXT, description TEXT, enabled INTEGER NOT NULL,
  createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL);

CREATE TABLE alert_triggers (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, isGlobal INTEGER NOT NULL,
  isInstanceSpecific INTEGER NOT NULL);

CREATE TABLE alert_webhooks (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, url TEXT NOT NULL, headers TEXT,
  payloadTemplate TEXT NOT NULL, createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL);

CREATE TABLE alert_groups (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, createdAt TEXT NOT NULL,
  updatedAt TEXT NOT NULL);

CREATE TABLE alert_group_users (
  alertGroup TEXT NOT NULL REFERENCES alert_groups (id) ON DELETE CASCADE,
  user TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, PRIMARY KEY (alertGroup, user));
CREATE INDEX alert_group_users_user ON alert_group_users (user);

CREATE TABLE alert_group_webhooks (
  alertGroup TEXT NOT NULL REFERENCES alert_groups (id) ON DELETE CASCADE,
  alertWebhook TEXT NOT NULL REFERENCES alert_webhooks (id) ON DELETE CASCADE, PRIMARY KEY (alertGroup, alertWebhook));
CREATE INDEX alert_group_webhooks_webhook ON alert_group_webhooks (alertWebhook);

-- `flowConfig` may be that of a version that the instance left: then it is in `former_flow_configs`.
CREATE TABLE alert_monitors (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
  instance TEXT REFERENCES instances (id) ON DELETE CASCADE, flowConfig TEXT, durationSecondsCondition INTEGER,
  executionOverdueMinutesCondition INTEGER, logSeverityLevelCondition INTEGER, triggered INTEGER NOT NULL DEFAULT 0,
  lastTriggeredAt TEXT, systemSuspended INTEGER NOT NULL DEFAULT 0, createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL);
CREATE INDEX alert_monitors_instance ON alert_monitors (instance);
CREATE INDEX alert_monitors_flow_config ON alert_monitors (flowConfig);

CREATE TABLE former_flow_configs AS SELECT * FROM flow_configs WHERE 0;
CREATE INDEX former_flow_configs_id ON former_flow_configs (id);

CREATE TABLE alert_monitor_triggers (
  alertMonitor TEXT NOT NULL REFERENCES alert_monitors (id) ON DELETE CASCADE,
  alertTrigger TEXT NOT NULL REFERENCES alert_triggers (id) ON DELETE CASCADE, PRIMARY KEY (alertMonitor, alertTrigger));
CREATE INDEX alert_monitor_triggers_trigger ON alert_monitor_triggers (alertTrigger);

CREATE TABLE alert_monitor_groups (
  alertMonitor TEXT NOT NULL REFERENCES alert_monitors (id) ON DELETE CASCADE,
  alertGroup TEXT NOT NULL REFERENCES alert_groups (id) ON DELETE CASCADE, PRIMARY KEY (alertMonitor, alertGroup));
CREATE INDEX alert_monitor_groups_group ON alert_monitor_groups (alertGroup);

CREATE TABLE alert_monitor_users (
  alertMonitor TEXT NOT NULL REFERENCES alert_monitors (id) ON DELETE CASCADE,
  user TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, PRIMARY KEY (alertMonitor, user));
CREATE INDEX alert_monitor_users_user ON alert_monitor_users (user);

CREATE TABLE alert_monitor_webhooks (
  alertMonitor TEXT NOT NULL REFERENCES alert_monitors (id) ON DELETE CASCADE,
  alertWebhook TEXT NOT NULL REFERENCES alert_webhooks (id) ON DELETE CASCADE,
  PRIMARY KEY (alertMonitor, alertWebhook));
CREATE INDEX alert_monitor_webhooks_webhook ON alert_monitor_webhooks (alertWebhook);

CREATE TABLE alert_events (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
  monitor TEXT NOT NULL REFERENCES alert_monitors (id) ON DELETE CASCADE, details TEXT NOT NULL,
  createdAt TEXT NOT NULL);
CREATE INDEX alert_events_monitor ON alert_events (monitor);

-- `severityLevels` holds what was sent: the number and the name of each.
CREATE TABLE external_log_streams (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, url TEXT NOT NULL, headers TEXT,
  payloadTemplate TEXT NOT NULL, severityLevels TEXT NOT NULL, createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL);
