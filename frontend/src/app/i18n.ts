/** English and German. The choice is remembered; until then the browser's language decides. */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { de } from "@/shared/i18n/de";
import { en } from "@/shared/i18n/en";

export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];
const LANGUAGE_KEY = "orchestra.language";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof en };
  }
}

function firstLanguage(): Language {
  const word = localStorage.getItem(LANGUAGE_KEY) ?? navigator.language.slice(0, 2);
  return word === "de" ? "de" : "en";
}

export function startI18n(): void {
  const language = firstLanguage();
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: "en",
    resources: { en: { translation: en }, de: { translation: de } },
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  document.documentElement.lang = language;
}

export function setLanguage(language: Language): void {
  localStorage.setItem(LANGUAGE_KEY, language);
  document.documentElement.lang = language;
  void i18next.changeLanguage(language);
}
