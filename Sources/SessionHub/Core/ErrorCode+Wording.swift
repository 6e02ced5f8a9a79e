extension ErrorCode {
    /// The sentence that a person reads when nothing more precise is known.
    var wording: Localized {
        switch self {
        case .invalidField:
            Localized(en: "A field has a value that cannot be used.", fr: "Un champ a une valeur inutilisable.")
        case .badJSON: Localized(en: "This is not valid JSON.", fr: "Ce n’est pas du JSON valide.")
        case .unknownType: Localized(en: "This command is not known here.", fr: "Cette commande n’est pas connue ici.")
        case .unauthenticated: Localized(en: "Sign in first.", fr: "Connectez-vous d’abord.")
        case .tokenExpired: Localized(en: "Your sign-in has expired.", fr: "Votre connexion a expiré.")
        case .tokenRevoked: Localized(en: "Your sign-in was revoked.", fr: "Votre connexion a été révoquée.")
        case .forbidden: Localized(en: "You may not do this.", fr: "Vous n’avez pas le droit de faire cela.")
        case .notEnrolled:
            Localized(en: "You are not enrolled in this course.", fr: "Vous n’êtes pas inscrit à ce cours.")
        case .sessionNotFound: Localized(en: "There is no such live session.", fr: "Cette session live n’existe pas.")
        case .courseNotFound: Localized(en: "There is no such course.", fr: "Ce cours n’existe pas.")
        case .userNotFound: Localized(en: "There is no such person.", fr: "Cette personne n’existe pas.")
        case .messageNotFound: Localized(en: "There is no such message.", fr: "Ce message n’existe pas.")
        case .eventNotFound: Localized(en: "There is no such event.", fr: "Cet événement n’existe pas.")
        case .materialNotFound: Localized(en: "There is no such material.", fr: "Ce document n’existe pas.")
        case .identityConflict:
            Localized(
                en: "The id and the e-mail of this sign-in belong to two different people.",
                fr: "L’identifiant et l’adresse e-mail de cette connexion appartiennent à deux personnes."
            )
        case .sessionNotStarted:
            Localized(en: "The class has not started yet.", fr: "La classe n’a pas encore commencé.")
        case .notOpen: Localized(en: "The class is not open yet.", fr: "La classe n’est pas encore ouverte.")
        case .notLive: Localized(en: "The class is not live.", fr: "La classe n’est pas en cours.")
        case .alreadyLive: Localized(en: "The class is live already.", fr: "La classe est déjà en cours.")
        case .sessionOver: Localized(en: "The class is over.", fr: "La classe est terminée.")
        case .sessionCancelled: Localized(en: "The class was cancelled.", fr: "La classe a été annulée.")
        case .sessionFull: Localized(en: "The class is full.", fr: "La classe est complète.")
        case .notJoined:
            Localized(en: "Join the class first.", fr: "Entrez d’abord dans la classe.")
        case .chatDisabled:
            Localized(en: "The chat of this class is off.", fr: "Le chat de cette classe est désactivé.")
        case .chatLocked: Localized(en: "The chat is locked.", fr: "Le chat est verrouillé.")
        case .slowMode: Localized(en: "Slow mode: wait a moment.", fr: "Mode lent : patientez un instant.")
        case .muted: Localized(en: "You are muted.", fr: "Vous êtes en sourdine.")
        case .removed: Localized(en: "You were removed from this class.", fr: "Vous avez été retiré de cette classe.")
        case .banned: Localized(en: "You are banned from this class.", fr: "Vous êtes exclu de cette classe.")
        case .enrollmentClosed: Localized(en: "Enrollment is closed.", fr: "Les inscriptions sont closes.")
        case .tooManyGuests:
            Localized(
                en: "This class has as many guests as a class may have: let one go first.",
                fr: "Cette classe a autant d’invités qu’elle peut en avoir : retirez d’abord l’un d’eux."
            )
        case .courseFull: Localized(en: "The course is full.", fr: "Le cours est complet.")
        case .rateLimited:
            Localized(en: "Too many requests: wait a moment.", fr: "Trop de demandes : patientez un instant.")
        case .tooLarge: Localized(en: "This is too large.", fr: "C’est trop volumineux.")
        case .notFound: Localized(en: "There is nothing at this address.", fr: "Il n’y a rien à cette adresse.")
        case .methodNotAllowed:
            Localized(en: "This method is not allowed here.", fr: "Cette méthode n’est pas permise ici.")
        case .unsupportedMediaType:
            Localized(en: "Send JSON (application/json).", fr: "Envoyez du JSON (application/json).")
        case .upgradeRequired:
            Localized(en: "Open this address as a WebSocket.", fr: "Ouvrez cette adresse en WebSocket.")
        case .idempotencyMismatch:
            Localized(
                en: "This Idempotency-Key was used for another request.",
                fr: "Cette Idempotency-Key a servi à une autre demande."
            )
        case .conflict:
            Localized(en: "This conflicts with what is stored.", fr: "C’est en conflit avec ce qui est enregistré.")
        case .storeUnavailable:
            Localized(
                en: "The hub cannot write at the moment. Nothing was changed; try again.",
                fr: "Le hub ne peut pas écrire pour le moment. Rien n’a changé ; réessayez."
            )
        case .internal: Localized(en: "Something went wrong on our side.", fr: "Une erreur est survenue de notre côté.")
        }
    }
}
