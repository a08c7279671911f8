; The installer for Windows: for the user who starts it, without administrator rights.
; Made by `dev.py package`, which tells the version, the built folder and the icon:
;   iscc /DVersion=0.1.0 /DProgram=dist\m2m-desktop /DIcon=...\m2m-desktop.ico packaging\windows\m2m-desktop.iss
; Projects, settings and imported terminologies lie in %LOCALAPPDATA%\m2m_desktop: not a line below
; touches that folder, so that they stay when the program is removed.

#ifndef Version
  #error Version is not defined: use "dev.py package"
#endif

[Setup]
AppId={{7C2B0D4E-5C1F-4F0E-9A6B-2F6D1E0B8C35}
AppName=mention2meddra Desktop
AppVersion={#Version}
VersionInfoVersion={#Version}
DefaultDirName={localappdata}\Programs\m2m-desktop
DefaultGroupName=mention2meddra Desktop
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
; Qt 6.11 asks for Windows 10, version 1809
MinVersion=10.0.17763
Compression=lzma2
SolidCompression=yes
WizardStyle=modern
SetupIconFile={#Icon}
UninstallDisplayIcon={app}\m2m-desktop.exe
LicenseFile=..\..\LICENSE
CloseApplications=yes
RestartApplications=no

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
#ifexist "ChineseSimplified.isl"
; Inno Setup does not bring its Chinese messages: lay the file of its translators beside this one.
Name: "zh"; MessagesFile: "ChineseSimplified.isl"
#endif

[Tasks]
Name: desktopicon; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked

[InstallDelete]
; An older version's files: the program checks itself by its list and would find strangers.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Program}\*"; DestDir: "{app}"; Flags: recursesubdirs createallsubdirs ignoreversion

[Icons]
Name: "{group}\mention2meddra Desktop"; Filename: "{app}\m2m-desktop.exe"
Name: "{autodesktop}\mention2meddra Desktop"; Filename: "{app}\m2m-desktop.exe"; Tasks: desktopicon

[Run]
Filename: "{app}\m2m-desktop.exe"; Description: "{cm:LaunchProgram,mention2meddra Desktop}"; Flags: nowait postinstall skipifsilent
