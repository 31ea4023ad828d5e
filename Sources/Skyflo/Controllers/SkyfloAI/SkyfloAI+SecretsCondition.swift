import KubeModel
import SkyfloAPI

extension SkyfloAI {
    /// Whether Secrets are read with the rights of a ServiceAccount that is there for them. The operator's own rights reach
    /// further than those of whoever may write a SkyfloAI.
    func secretsCondition(at now: KubeTime) -> Condition {
        var (status, reason, message) = (Condition.Status.true, "NoSecrets", "it names no Secrets")
        if let identity = secretsIdentity {
            (reason, message) = ("ServiceAccount", "Secrets are read as \(identity.user)")
        } else if namesSecrets {
            (status, reason) = (.false, "OperatorRights")
            message =
                "Secrets are read with the operator's own rights, where it has been given any: name a ServiceAccount in "
                + "spec.secretsServiceAccountName, and let it get the Secrets that this SkyfloAI names"
        }
        return Condition(
            type: "SecretsDelegated", status: status, reason: reason, message: message,
            observedGeneration: object.generation, lastTransitionTime: now)
    }
}
