import ControllerRuntime
import KubeModel

extension EventRecorder {
    func normal(_ object: KubeObject, reason: String, message: String) {
        record(.normal, about: object, reason: reason, message: message)
    }

    func warning(_ object: KubeObject, reason: String, message: String) {
        record(.warning, about: object, reason: reason, message: message)
    }
}
