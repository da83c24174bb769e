/** Terms and their meaning, in Markdown. */
export const glossaryItems: readonly (readonly [title: string, markdown: string])[] = [
  [
    'Account',
    'Money held at a [bank](#Bank), with a currency and a balance. An account is addressed by `BANK_ID` and `ACCOUNT_ID`. Who may see it: the user who holds it. ' +
      'Customers come to it by a [Customer Account Link](#Customer-Account-Link).',
  ],
  [
    'Agent',
    'Somebody who acts for a bank where it has no branch, e.g. a shop that takes deposits. An agent has a number that is unique among the agents of its bank, and an account of its own. ' +
      'A new agent is *pending*; an operator confirms it. Agents are not customers and are in no list of customers.',
  ],
  [
    'API Collection',
    'A named set of operations that a user keeps, by their operation ids. A *sharable* collection can be read by anybody who knows its id. API Explorer keeps favourites in a collection called `Favourites`.',
  ],
  [
    'Attribute',
    'A name, a type and a value that a bank adds to a customer, an account or a user, for what the API has no field for. The type is `STRING`, `INTEGER`, `DOUBLE` or `DATE_WITH_DAY`, and the value must be of it:\n\n' +
      '```json\n{"name":"SPECIAL_TAX_NUMBER","type":"STRING","value":"123456789"}\n```',
  ],
  [
    'Attribute Definition',
    'Says for a bank which [attributes](#Attribute) its customers can have and of which type. While a definition is active, attributes of its name must have its type.',
  ],
  [
    'Authentication Type Validation',
    'A list of the ways of logging in that an operation accepts, e.g. `["DirectLogin"]`. A request that uses another way is refused with OBP-40034. Operations without such a list accept every way.',
  ],
  [
    'Bank',
    'The owner of customers, accounts, agents and most roles. Its id, `BANK_ID`, is chosen when it is created and does not change. Every record lives in one bank: through the URL of another bank it is not found.',
  ],
  [
    'Cascade Deletion',
    'Deletes a customer with everything that belongs to it: addresses, tax residences, attributes, handles, dependants and links. From the first moment the customer is gone for every reader; ' +
      'the answer `true` means that all of it is gone. A deletion that was interrupted finishes by itself.',
  ],
  [
    'Connector',
    'The way from the API to the data. Here the gateway calls independent services over gRPC; the message docs show these calls under every connector name that clients know.',
  ],
  [
    'Consumer',
    'An application that uses the API for its users. It is known by its consumer key; to log a user in with [DirectLogin](#DirectLogin) it sends this key, to sign with [OAuth 1.0a](#OAuth-1.0a) also its secret. ' +
      'A disabled consumer can log nobody in.',
  ],
  [
    'Correlation-Id',
    'A header of every answer. It names the request in the logs of all services: give it to the operator when something went wrong. A request may bring its own.',
  ],
  [
    'CRM Event',
    'A meeting, a call or a letter between a bank and a customer: what was it about, when and through which channel. Events come with the data of a bank; the API lists them.',
  ],
  [
    'Customer',
    'A person or company that does business with a [bank](#Bank). A customer is addressed by `BANK_ID` and `CUSTOMER_ID`. It is not a [user](#User): a user who wants to see it needs a role, or a [User Customer Link](#User-Customer-Link).',
  ],
  [
    'Customer Account Link',
    'Says that a customer has to do with an account of the same bank, and how: `Owner`, for example. The accounts in a customer overview are found by these links.',
  ],
  [
    'Customer Number',
    'The name that a bank itself has for a customer, unique at the bank. It can be given when the customer is created, or is made up then, and can be changed later. It is private: in a URL use the customer id instead.',
  ],
  [
    'DirectLogin',
    'The shortest way to a token:\n\n' +
      '```\nPOST /my/logins/direct\nDirectLogin: username=U, password=P, consumer_key=K\n```\n\n' +
      'answers `{"token":"…"}`. Send it with each request: `DirectLogin: token=…`.',
  ],
  [
    'Entitlement',
    'One [role](#Role) that one user holds: at one bank, or, with an empty bank id, on the whole instance. Whoever holds `CanCreateEntitlementAtOneBank` or `CanCreateEntitlementAtAnyBank` grants it; deleting it takes effect within a second.',
  ],
  [
    'Entitlement Request',
    'A user asks for a [role](#Role); somebody who may grant it does so, or deletes the request.',
  ],
  [
    'ETag',
    'A header of short answers, made of the address and the body. Sent back in `If-None-Match`, it saves the body: an answer that is still the same is `304 Not Modified`.',
  ],
  [
    'Firehose',
    'All customers of a bank in one list, for systems that work on whole banks. Needs the role `CanUseCustomerFirehoseAtAnyBank`, and an instance that allows it. Any query parameter that is not one of paging filters by a customer [attribute](#Attribute).',
  ],
  [
    'JSON Schema Validation',
    'A JSON Schema for the body of an operation, beside the rules that it has anyway. A POST or PUT whose body does not fit is refused with OBP-09014, which names every fault.',
  ],
  [
    'Just in Time Entitlements',
    'On an instance that has them switched on, a user who may grant a role gets it for themselves at the moment when an operation needs it. Without that, the grant is a step of its own.',
  ],
  [
    'KYC',
    '*Know your customer*: what a bank must have checked of those it deals with. Here: the KYC status and date of a customer, its addresses and tax residences.',
  ],
  [
    'Message Doc',
    'Describes one call between the gateway and a service: its name, an example of the message out and of the message back, and the operations that depend on it.',
  ],
  [
    'OAuth 1.0a',
    'An application obtains a request token (`/oauth/initiate`), sends the user to log in (`/oauth/authorize`) and changes what comes back for an access token (`/oauth/token`). Every request is signed, with HMAC-SHA1 or HMAC-SHA256.',
  ],
  [
    'OpenID Connect',
    'Users log in at a provider that the instance knows and call with `Authorization: Bearer …`. Signature, issuer, audience and times of the token are checked. The user and the application are made known at the first call.',
  ],
  [
    'Operation Id',
    'The name of an operation for ever: the version that brought it and its function, e.g. `OBPv5.0.0-createCustomer`. It stays the same under every version in whose URL it is called.',
  ],
  [
    'Rate Limits',
    'How many calls an application may make per second, minute, hour, day, week and month. `-1` means any number.',
  ],
  [
    'Role',
    'What somebody may do, e.g. `CanCreateCustomer`. Some roles are held at one bank, others on the whole instance; `GET /roles` says which. An operation that names several is satisfied with any one of them.',
  ],
  [
    'Sandbox',
    'Data to try things with: banks, users, accounts and what belongs to them, imported by one request. Everything in it holds together, or nothing is written.',
  ],
  [
    'Scope',
    'A [role](#Role) that an application holds, as an [entitlement](#Entitlement) is one that a user holds. An instance can want both.',
  ],
  ['Social Media Handle', 'The name of a customer at a social network. A customer can have several.'],
  ['Tax Residence', 'A place where a customer pays taxes, and the tax number there. A customer can have several.'],
  [
    'User',
    'Whoever logs in: with a password here, or at an OpenID Connect provider. The pair of provider and username is unique; `USER_ID` is what everything else refers to.',
  ],
  [
    'User Customer Link',
    'Says that a [user](#User) is, or acts for, a [customer](#Customer). Only through such links does the API know "my customers". A link gives no role.',
  ],
  ['View', 'What may be seen of an account. The holder of an account has the view `owner`.'],
];
