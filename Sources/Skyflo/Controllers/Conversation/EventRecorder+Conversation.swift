import ControllerRuntime
import KubeModel

extension EventRecorder {
    func normal(_ object: KubeObject, _ reason: String, _ message: String) {
        record(.normal, about: object, reason: reason, message: message)
    }

    func warning(_ object: KubeObject, _ reason: String, _ message: String) {
        record(.warning, about: object, reason: reason, message: message)
    }
}
