import KubeModel

extension SkyfloAI.Model {
    /// How credentials that end by themselves are got, instead of a key that stays: `auth`. One of them is set.
    package struct Auth: Sendable, Hashable {
        /// Client credentials of Microsoft Entra ID.
        package struct EntraID: Sendable, Hashable {
            /// nil: the operator's own.
            package var tenantID: String?
            package var clientID: String?
            /// nil: the operator's workload identity.
            package var clientSecretRef: SecretReference?
        }

        /// A role of AWS, by the keys of `apiKeySecretRef` or by the operator's own identity.
        package struct AWS: Sendable, Hashable {
            package var roleARN: String?
            package var sessionName: String?
            package var externalID: String?
        }

        /// A service account of Google Cloud.
        package struct Google: Sendable, Hashable {
            /// nil: the operator's own identity.
            package var credentialsSecretRef: SecretReference?
        }

        package var entraID: EntraID?
        package var aws: AWS?
        package var google: Google?
    }
}

extension SkyfloAI.Model.Auth {
    private typealias Reference = SkyfloAI.Model.SecretReference

    /// nil where nothing is said.
    init?(_ json: JSONValue?) {
        guard let json, json.object?.isEmpty == false else { return nil }
        entraID = json["entraID"].map { entra in
            EntraID(
                tenantID: entra["tenantID"]?.string, clientID: entra["clientID"]?.string,
                clientSecretRef: Reference(entra["clientSecretRef"], defaultKey: "AZURE_CLIENT_SECRET"))
        }
        aws = json["aws"].map { aws in
            AWS(
                roleARN: aws["roleARN"]?.string, sessionName: aws["sessionName"]?.string,
                externalID: aws["externalID"]?.string)
        }
        google = json["google"].map { google in
            Google(credentialsSecretRef: Reference(google["credentialsSecretRef"], defaultKey: "credentials.json"))
        }
    }
}
