// A session with the AWS SDK for JavaScript. It finds the SDK by NODE_PATH, which only `require`
// looks at, and says nothing when all is well.
import assert from "node:assert/strict";
import { createPublicKey, verify as cryptoVerify } from "node:crypto";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const kmsSdk = require("@aws-sdk/client-kms");
const { GetCallerIdentityCommand, STSClient } = require("@aws-sdk/client-sts");

const PREFIX = "arn:aws:kms:us-east-1:000000000000";
const ADMIN = "arn:aws:iam::000000000000:user/admin";
const kms = new kmsSdk.KMS({ maxAttempts: 1 });
const bytes = (text) => new TextEncoder().encode(text);
const isNow = (date) => Math.abs(Date.now() - date.getTime()) < 5 * 60 * 1000;

async function newKey() {
  const { KeyMetadata } = await kms.createKey({});
  return KeyMetadata.Arn;
}

/** Makes a call that must be refused with an exception of this class. */
async function refused(call, exception, message) {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof exception, `${error.name} is no ${exception.name}`);
    assert.equal(error.name, exception.name);
    assert.equal(error.message, message);
    assert.equal(error.$metadata.httpStatusCode, 400);
    assert.match(error.$metadata.requestId, /^[0-9a-f-]{36}$/);
    return true;
  });
}

/** As `refused`, for an error that the model doesn't name. */
async function refusedByName(call, name, message) {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof kmsSdk.KMSServiceException);
    assert.deepEqual([error.name, error.message], [name, message]);
    return true;
  });
}

async function identity() {
  const me = await new STSClient({}).send(new GetCallerIdentityCommand({}));
  assert.equal(me.Arn, ADMIN);
  assert.equal(me.Account, "000000000000");
}

async function metadata() {
  const { KeyMetadata: made } = await kms.createKey({ Description: "of Node" });
  assert.equal(made.Arn, `${PREFIX}:key/${made.KeyId}`);
  assert.equal(made.KeyState, kmsSdk.KeyState.Enabled);
  assert.ok(made.CreationDate instanceof Date && isNow(made.CreationDate));
  const { KeyMetadata: described } = await kms.describeKey({ KeyId: made.Arn });
  assert.deepEqual(described, made);
}

async function ciphertexts() {
  const [key, other] = [await newKey(), await newKey()];
  const EncryptionContext = { name: "значение", empty: "" };
  const Plaintext = bytes("attack at dawn");
  const { CiphertextBlob } = await kms.encrypt({ KeyId: key, Plaintext, EncryptionContext });
  const opened = await kms.decrypt({ CiphertextBlob, EncryptionContext });
  assert.deepEqual([...opened.Plaintext], [...Plaintext]);
  assert.equal(opened.KeyId, key);

  const moved = await kms.reEncrypt({
    CiphertextBlob,
    SourceEncryptionContext: EncryptionContext,
    DestinationKeyId: other,
  });
  const again = await kms.decrypt({ CiphertextBlob: moved.CiphertextBlob });
  assert.deepEqual([...again.Plaintext], [...Plaintext]);
  assert.deepEqual([moved.SourceKeyId, again.KeyId], [key, other]);

  const dataKey = await kms.generateDataKey({ KeyId: key, KeySpec: "AES_256" });
  const unwrapped = await kms.decrypt({ CiphertextBlob: dataKey.CiphertextBlob });
  assert.equal(dataKey.Plaintext.length, 32);
  assert.deepEqual([...unwrapped.Plaintext], [...dataKey.Plaintext]);
}

async function signatures() {
  const { KeyMetadata: made } = await kms.createKey({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
  assert.deepEqual(made.SigningAlgorithms, ["ECDSA_SHA_256"]);
  const call = { KeyId: made.Arn, SigningAlgorithm: "ECDSA_SHA_256" };
  const Message = bytes("attack at dawn");
  const { Signature } = await kms.sign({ ...call, Message });
  const verified = await kms.verify({ ...call, Message, Signature });
  assert.equal(verified.SignatureValid, true);
  const { PublicKey } = await kms.getPublicKey({ KeyId: made.Arn });
  const key = createPublicKey({ key: Buffer.from(PublicKey), format: "der", type: "spki" });
  assert.ok(cryptoVerify("sha256", Message, key, Signature));
  const invalid = () => kms.verify({ ...call, Message: bytes("attack at noon"), Signature });
  await refused(invalid, kmsSdk.KMSInvalidSignatureException, "UnknownError");
}

async function macs() {
  const { KeyMetadata: made } = await kms.createKey({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
  const call = { KeyId: made.Arn, MacAlgorithm: "HMAC_SHA_256" };
  const Message = bytes("attack at dawn");
  const { Mac } = await kms.generateMac({ ...call, Message });
  assert.equal(Mac.length, 32);
  assert.equal((await kms.verifyMac({ ...call, Message, Mac })).MacValid, true);
  const invalid = () => kms.verifyMac({ ...call, Message: bytes("attack at noon"), Mac });
  await refused(invalid, kmsSdk.KMSInvalidMacException, "UnknownError");
}

async function errors() {
  const [key, other, disabled] = [await newKey(), await newKey(), await newKey()];
  await kms.disableKey({ KeyId: disabled });
  await kms.createAlias({ AliasName: "alias/node", TargetKeyId: key });
  const Plaintext = bytes("x");
  const { CiphertextBlob } = await kms.encrypt({ KeyId: key, Plaintext });
  const {
    AlreadyExistsException,
    DisabledException,
    DryRunOperationException,
    IncorrectKeyException,
    InvalidCiphertextException,
    KMSInvalidStateException,
    MalformedPolicyDocumentException,
    NotFoundException,
    TagException,
  } = kmsSdk;
  const off = `${disabled} is disabled.`;
  const incorrect = "The key ID in the request does not identify a CMK that can perform this operation.";
  const dry = "The request would have succeeded, but the DryRun option is set.";
  const taken = `An alias with the name ${PREFIX}:alias/node already exists`;
  const lockout = "The new key policy will not allow you to update the key policy in the future.";
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Principal: { AWS: ADMIN }, Action: "kms:Encrypt", Resource: "*" },
  });
  const Tags = [{ TagKey: "aws:x", TagValue: "" }];
  const AliasName = "alias/node";
  for (const [call, exception, message] of [
    [() => kms.describeKey({ KeyId: "nope" }), NotFoundException, "Invalid keyId 'nope'"],
    [() => kms.encrypt({ KeyId: disabled, Plaintext }), DisabledException, off],
    [() => kms.encrypt({ KeyId: key, Plaintext, DryRun: true }), DryRunOperationException, dry],
    [() => kms.decrypt({ KeyId: other, CiphertextBlob }), IncorrectKeyException, incorrect],
    [() => kms.cancelKeyDeletion({ KeyId: key }), KMSInvalidStateException, `${key} is not pending deletion.`],
    [() => kms.createAlias({ AliasName, TargetKeyId: key }), AlreadyExistsException, taken],
    [() => kms.tagResource({ KeyId: key, Tags }), TagException, "Tags beginning with aws: are reserved"],
    [() => kms.putKeyPolicy({ KeyId: key, Policy }), MalformedPolicyDocumentException, lockout],
  ]) {
    await refused(call, exception, message);
  }
  const EncryptionContext = { a: "1" };
  await refused(
    () => kms.decrypt({ CiphertextBlob, EncryptionContext }),
    InvalidCiphertextException,
    // What the SDK says of an error that has no message.
    "UnknownError",
  );
  await refusedByName(
    () => kms.generateRandom({}),
    "ValidationException",
    "NumberOfBytes is required.",
  );
}

async function pages() {
  const made = new Set();
  for (let count = 0; count < 5; count += 1) made.add(await newKey());
  const found = [];
  for await (const page of kmsSdk.paginateListKeys({ client: kms, pageSize: 2 }, {})) {
    assert.ok(page.Keys.length <= 2);
    found.push(...page.Keys.map(({ KeyArn }) => KeyArn));
  }
  assert.equal(found.length, new Set(found).size);
  for (const key of made) assert.ok(found.includes(key));
}

await identity();
await metadata();
await ciphertexts();
await signatures();
await macs();
await errors();
await pages();
